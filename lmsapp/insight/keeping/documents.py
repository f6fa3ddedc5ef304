"""The result of a retrieval test as a PDF (EVD-6, EVD-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext, ngettext

from lmsapp.evidence.retention.retrieval.models import RetrievalTest
from lmsapp.evidence.seals.drawing import local_words
from lmsapp.infra import site
from lmsapp.infra.db import db
from lmsapp.infra.pdf import render_table
from lmsapp.infra.words import N_
from lmsapp.insight.keeping.kinds import KINDS

CHECKS: dict[str, str] = {
    "record": N_("Record read"),
    "file": N_("File has its SHA-256"),
    "seal": N_("Signature valid"),
    "ledger": N_("Placed in the ledger"),
}
COLUMNS = ((N_("Kind"), 30), (N_("Number"), 12), (N_("Year"), 8), *((words, 12) for words in CHECKS.values()))


def draw_retrieval_test(test_id: int, language: str) -> bytes:
    """Unsigned PDF."""
    test = db.session.get_one(RetrievalTest, test_id)
    with force_locale(language):
        when = local_words(test.finished_at, current_app.config["TIME_ZONE"], language)
        read = ngettext("%(num)s record was opened.", "%(num)s records were opened.", len(test.lines))
        found = gettext("All were found whole.") if test.passed else gettext("Not all were found whole.")
        return render_table(
            gettext("Retrieval test"),
            intro=[when, f"{read} {found}"],
            heads=[gettext(head) for head, _share in COLUMNS],
            rows=[_line(line) for line in test.lines],
            shares=[share for _head, share in COLUMNS],
            right=[1, 2],
            of_pages=(gettext("Page") + " ", " / ", ""),
            language=language,
            author=site.organisation(),
            subject=gettext("Retrieval test"),
        )


def _line(line: Mapping[str, Any]) -> list[str]:
    kind = KINDS.get(line["kind"])
    marks = [check_words(line["checks"].get(name)) for name in CHECKS]
    return [gettext(kind.many) if kind else line["kind"], str(line["record_id"]), str(line["year"]), *marks]


def check_words(held: bool | None) -> str:
    """'Yes', 'No', or a dash where there was nothing to check."""
    return "–" if held is None else gettext("Yes") if held else gettext("No")
