"""Help pages: Markdown files of ours, one task each, in the reader's language where there is a translation; grouped by
whose work it is, and found by their words (HLP-1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from flask import Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markdown_it import MarkdownIt

from lmsapp.courses.finding.rules import words_of
from lmsapp.web.help.finding import Section, find, sections_of
from lmsapp.web.help.groups import GROUPS, Group, group_of
from lmsapp.web.help.wing import bp
from lmsapp.web.render import answer, page

LONGEST = 100
ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "h2": {"id"}}


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page. `summary` is its first paragraph as plain text, `body_html` clean HTML without the title."""

    slug: str
    title: str
    summary: str
    body_html: str
    sections: tuple[Section, ...]


@bp.get("/")
def index() -> ResponseReturnValue:
    """All help pages, those of the reader's own work first; or the sections that have the words asked for."""
    q = request.args.get("q", "").strip()[:LONGEST]
    groups = [(group, [_read(slug) for slug in group.slugs]) for group in GROUPS]
    everything = [section for _group, pages in groups for one in pages for section in one.sections]
    return answer(
        "help/_found.html",
        whole="help/index.html",
        q=q,
        found=find(everything, q) if q else (),
        mine=[(group, pages) for group, pages in groups if _is_mine(group)],
        others=[(group, pages) for group, pages in groups if not _is_mine(group)],
    )


@bp.get("/<slug>")
def read(slug: str) -> Response:
    """One help page, beside the others of its group."""
    group = group_of(slug)
    if group is None:
        abort(404)
    return page("help/page.html", help_page=_read(slug), group=group, pages=[_read(other) for other in group.slugs])


def _is_mine(group: Group) -> bool:
    return not group.any_of or g.viewer.may(*group.any_of)


def _read(slug: str) -> HelpPage:
    folder = Path(current_app.root_path).parent / "templates" / "help"
    translated = folder / f"{slug}.{get_locale()}.md"
    return parse(slug, translated if translated.exists() else folder / f"{slug}.md")


@cache  # as many as there are: with room for fewer, a reader of all in turn would find none of them again
def parse(slug: str, file: Path) -> HelpPage:
    """A Markdown file as a help page: `# Title`, a first paragraph that sums it up, then the rest."""
    title, _blank, rest = file.read_text(encoding="utf-8").partition("\n")
    title = title.removeprefix("# ").strip()
    summary = rest.strip().partition("\n\n")[0].replace("\n", " ")
    html = nh3.clean(_html(rest), attributes=ATTRIBUTES)
    return HelpPage(slug, title, summary, html, sections_of(slug, title, html, rest))


def _html(text: str) -> str:
    """With an id at each heading, so that a link can lead to the procedure itself."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", "-".join(["s", *words_of(tokens[number + 1].content)]))
    return str(markdown.renderer.render(tokens, markdown.options, {}))
