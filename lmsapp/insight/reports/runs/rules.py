"""What a file of a report can be. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.insight.sheets import MOST_XLSX, TOO_LONG

MOST_PDF = 20_000
DIRECT = 50_000  # rows somebody waits for at the page; more are made in the background
DIRECT_XLSX = 10_000  # a workbook takes longer a row
MOST_VALUES = 200  # of one parameter
LONGEST = 500


class Form(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


MEDIA = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
}


class RunState(StrEnum):
    """As the fragment of long work shows them; cancelled: by whoever asked; skipped: a schedule had nothing to send to
    them, `error` says why."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


OPEN = (RunState.WAITING, RunState.RUNNING)
LONG_PDF = N_("More than %(most)s rows are too many for a PDF. Narrow the filters, or take the CSV.")


def check_size(form: Form, rows: int, head: int) -> None:
    """Before the first row is written. `head`: lines above the rows. Raises RuleBroken."""
    if form is Form.XLSX and rows + head > MOST_XLSX:
        raise RuleBroken(TOO_LONG, most=MOST_XLSX)
    if form is Form.PDF and rows > MOST_PDF:
        raise RuleBroken(LONG_PDF, most=MOST_PDF)


def waits_at_the_page(form: Form, rows: int, *, more: bool = False) -> bool:
    """Whether it is quick enough to be sent at once; `more`: there are more rows than were counted."""
    most = {Form.CSV: DIRECT, Form.XLSX: DIRECT_XLSX}.get(form, 0)
    return not more and rows <= most


def kept_terms(names: Sequence[str], typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Of what was typed, the parameters of these names; without empty and endless ones."""
    found = {name: [one[:LONGEST] for one in typed.get(name, ())[:MOST_VALUES] if one] for name in names}
    return {name: values for name, values in found.items() if values}


def digest_of(report: str, form: str, reach: str, language: str, terms: Mapping[str, Sequence[str]]) -> str:
    """The same for the same question, whatever the order of its parameters."""
    said = [report, form, reach, language, {name: sorted(values) for name, values in terms.items()}]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
