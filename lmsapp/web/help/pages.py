"""Help pages: Markdown files of ours, one task each, in the reader's language where there is a translation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from flask import Response, abort, current_app
from flask_babel import get_locale
from markdown_it import MarkdownIt

from lmsapp.web.help.wing import bp
from lmsapp.web.render import page

# Reading order: learner, everybody, manager, HR, then the small print.
ORDER = (
    "take-a-course",
    "taking-quizzes",
    "training-from-other-systems",
    "catalogue",
    "assignments-to-hand-in",
    "what-counts-as-learning-time",
    "sign-a-policy",
    "what-the-statuses-mean",
    "status-words",
    "your-account",
    "certificates",
    "certifications-and-renewal",
    "completion-ledger",
    "pausing",
    "more-time",
    "single-use-links",
    "course-versions",
    "writing-courses",
    "scorm-packages",
    "question-bank",
    "question-files",
    "assign-training",
    "message-texts",
    "messages-to-come",
    "reminders",
    "team-dashboard",
    "late-training",
    "assignments",
    "grading",
    "question-analysis",
    "regrading",
    "learning-paths",
    "enrollments",
    "completing-by-hand",
    "what-content-reported",
    "completion-rules",
    "audiences",
    "paid-courses",
    "employees",
    "organisation",
    "your-first-weeks",
    "onboarding",
    "import-a-roster",
    "file-evidence",
    "compliance-types",
    "compliance-matrix",
    "reconciliation",
    "employee-documents",
    "retention-and-holds",
    "policies",
    "evidence-packs",
    "reports",
    "statistics",
    "read-the-completion-report",
    "regulator-reports",
    "go-no-go",
    "as-of",
    "signed-pdfs",
    "scorm-content-host",
    "messages",
    "roles-and-access",
    "audit-trail",
    "verify-the-ledger",
    "settings",
    "channels",
    "accessibility",
    "privacy",
)


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page. `summary` is its first paragraph as plain text, `body_html` clean HTML without the title."""

    slug: str
    title: str
    summary: str
    body_html: str


@bp.get("/")
def index() -> Response:
    """All help pages."""
    return page("help/index.html", pages=[_read(slug) for slug in ORDER])


@bp.get("/<slug>")
def read(slug: str) -> Response:
    """One help page."""
    if slug not in ORDER:
        abort(404)
    return page("help/page.html", help_page=_read(slug), pages=[_read(other) for other in ORDER])


def _read(slug: str) -> HelpPage:
    folder = Path(current_app.root_path).parent / "templates" / "help"
    translated = folder / f"{slug}.{get_locale()}.md"
    return parse(slug, translated if translated.exists() else folder / f"{slug}.md")


@cache  # as many as there are: with room for fewer, a reader of all in turn would find none of them again
def parse(slug: str, file: Path) -> HelpPage:
    """A Markdown file as a help page: `# Title`, a first paragraph that sums it up, then the rest."""
    title, _blank, rest = file.read_text(encoding="utf-8").partition("\n")
    summary = rest.strip().partition("\n\n")[0].replace("\n", " ")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(rest)
    return HelpPage(slug, title.removeprefix("# ").strip(), summary, nh3.clean(html))
