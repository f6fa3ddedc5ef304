"""What happened, and what is wrong, in the reader's language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.people.roster.columns import WORDS, Column
from lmsapp.people.roster.people import Problem

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def said(counts: Mapping[str, int]) -> str:
    """'6 joined, 9 moved, 7 left.'"""
    if not counts:
        return ""
    parts = (
        ngettext("%(num)s joined", "%(num)s joined", counts["joiners"]) if counts["joiners"] else "",
        ngettext("%(num)s changed", "%(num)s changed", counts["movers"]) if counts["movers"] else "",
        ngettext("%(num)s left", "%(num)s left", counts["leavers"]) if counts["leavers"] else "",
        ngettext("%(num)s line to mend", "%(num)s lines to mend", counts["problems"]) if counts["problems"] else "",
    )
    return ", ".join(part for part in parts if part) or _("No changes")


def column_words(name: str) -> str:
    """'manager_number' -> 'Manager's employee number'."""
    return _(WORDS[Column(name)]) if name in set(Column) else _("Status")


def problems_csv(problems: Iterable[Problem]) -> bytes:
    """Line, column, reason; a cell that a spreadsheet would execute is quoted (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Line"), _("Column"), _("Reason")])
    for problem in problems:
        writer.writerow([problem.line, _safe(problem.heading), _safe(_(problem.message, **problem.values))])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
