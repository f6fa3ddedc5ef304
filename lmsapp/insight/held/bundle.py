"""The zip file: a page anybody can read, the same as JSON, and the files."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from shutil import copyfileobj
from typing import IO, Any

from flask import current_app

from lmsapp.infra import clock, files
from lmsapp.insight.held import chosen, decided, learning, packages, papers, person, signed, work
from lmsapp.insight.held.parts import Paper, Part, ReadPart
from lmsapp.people.viewer import Viewer

PARTS: tuple[ReadPart, ...] = (
    person.account,
    person.roles,
    person.record,
    person.record_history,
    person.telling,
    learning.assignments,
    learning.audiences,
    learning.enrollments,
    learning.learning_paths,
    learning.lessons,
    learning.visits,
    learning.notes,
    learning.quizzes,
    packages.attempts,
    packages.reports,
    work.handed_in,
    work.drafts,
    learning.completions,
    learning.certifications,
    chosen.reviews,
    chosen.choices,
    chosen.payments,
    chosen.named_on,
    chosen.clearances,
    chosen.tokens,
    decided.pauses,
    decided.more_time,
    decided.decisions,
    decided.attendance,
    decided.evaluations,
    decided.particulars,
    decided.links,
    papers.certificates,
    papers.transcripts,
    papers.documents,
    papers.compliance,
    signed.requests_to_sign,
    signed.signatures,
    signed.onboarding,
    signed.roster_lines,
    person.letters,
    person.sign_ins,
    person.trail,
)


def file_name(viewer: Viewer) -> str:
    """'training-data-2026-11-02.zip', by the viewer's own date."""
    return f"training-data-{clock.today(viewer.zone).isoformat()}.zip"


def write_bundle(viewer: Viewer, out: IO[bytes], language: str) -> int:
    """Write the zip file into `out`; how many files of other kinds than our own are in it.

    Files are copied in pieces, so that a large one is never whole in memory. One whose bytes are gone is left out, and
    the page says so.
    """
    parts = [read(viewer) for read in PARTS]
    wanted = [paper for part in parts for paper in part.papers]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        missing = [paper.name for paper in wanted if not _copy(archive, paper)]
        for part in parts:
            archive.writestr(f"data/{part.name}.json", _json(part))
        archive.writestr("index.html", _page(viewer, parts, missing, language))
    return len(wanted) - len(missing)


def _copy(archive: zipfile.ZipFile, paper: Paper) -> bool:
    try:
        with files.opened(paper.sha256) as source, archive.open(paper.name, "w") as target:
            copyfileobj(source, target)
    except FileNotFoundError:
        return False
    return True


def _page(viewer: Viewer, parts: Sequence[Part], missing: Sequence[str], language: str) -> str:
    template = current_app.jinja_env.get_template("documents/held.html")
    return template.render(
        parts=parts,
        missing=missing,
        name=viewer.name,
        zone=viewer.zone,
        made_at=clock.now(),
        language=language,
        organisation=current_app.config["ORGANISATION"],
        is_moment=lambda value: isinstance(value, dt.datetime),
        is_day=lambda value: isinstance(value, dt.date),
    )


def _json(part: Part) -> str:
    return json.dumps([dict(row) for row in part.rows], ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> Any:
    """Dates as ISO 8601, figures as numbers."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value)} has no place in JSON")
