"""What goes on a transcript, and the transcripts of people the viewer may see (EVD-7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select

from lmsapp.courses.catalogue.models import Course
from lmsapp.evidence.records.models import CompletionRecord
from lmsapp.evidence.records.queries import counts
from lmsapp.evidence.seals.models import SealedFile
from lmsapp.infra import clock
from lmsapp.infra.db import db, one_or_none
from lmsapp.learning.certificates.dates import of_certificate, until_of
from lmsapp.learning.certificates.models import Certificate
from lmsapp.learning.transcripts.models import Transcript
from lmsapp.learning.validity.models import CertificationPeriod
from lmsapp.people.queries import employee_ids_visible_to
from lmsapp.people.viewer import Viewer

TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
LATEST = 20


def lines_of(employee_id: int) -> list[dict[str, object]]:
    """Every completion that counts, newest first, as `Transcript.lines` keeps it. Two statements."""
    period = select(CertificationPeriod.record_id, CertificationPeriod.valid_until).where(
        CertificationPeriod.employee_id == employee_id, CertificationPeriod.replaced_at.is_(None)
    )
    held = {row.record_id: row.valid_until for row in db.session.execute(period)}
    is_course = CompletionRecord.subject_kind == "course"
    rows = db.session.execute(
        select(
            CompletionRecord,
            Certificate.number,
            Certificate.revoked_at,
            until_of(),
            Certificate.printed,
            case((is_course, Course.minutes)),
        )
        .outerjoin(Certificate, (Certificate.record_id == CompletionRecord.id) & Certificate.replaced_at.is_(None))
        .outerjoin(CertificationPeriod, of_certificate())
        .outerjoin(Course, is_course & (Course.id == CompletionRecord.subject_id))
        .where(CompletionRecord.employee_id == employee_id, counts())
        .order_by(CompletionRecord.occurred_at.desc(), CompletionRecord.id.desc())
    )
    return [_line(*row, held=held) for row in rows]


def _line(
    record: CompletionRecord, number: str | None, revoked_at: Any, until: Any, printed: Any, minutes: Any, *, held: Any
) -> dict[str, object]:
    last = until or held.get(record.id)
    return {
        "kind": record.subject_kind,
        "title": record.title,
        "completed_on": record.occurred_at.astimezone(clock.zone(record.time_zone)).date().isoformat(),
        "score": str(record.score) if record.score is not None else None,
        "minutes": (printed or {}).get("minutes") or minutes,
        "certificate": number,
        "valid_until": last.isoformat() if last else None,
        "by_hand": record.how == "by hand",
        "hand_parts": any(
            shown.get("kind") == "hand" for one in record.criteria for shown in one.get("evidence") or ()
        ),
        "revoked": revoked_at is not None,
    }


def transcripts_of(viewer: Viewer, employee_id: int) -> Sequence[Any]:
    """One person's, newest first; empty for somebody the viewer may not see. Columns: id, number, asked_at,
    asked_by_name, employee_id, sealed (status of the PDF)."""
    visible = (Transcript.employee_id == employee_id, Transcript.employee_id.in_(employee_ids_visible_to(viewer)))
    return db.session.execute(
        select(
            Transcript.id,
            Transcript.number,
            Transcript.asked_at,
            Transcript.asked_by_name,
            Transcript.employee_id,
            SealedFile.status.label("sealed"),
        )
        .outerjoin(SealedFile, (SealedFile.kind == "transcript") & (SealedFile.subject_id == Transcript.id))
        .where(*visible)
        .order_by(Transcript.id.desc())
        .limit(LATEST)
    ).all()


def transcript_for(viewer: Viewer, transcript_id: int) -> Transcript | None:
    """One of somebody the viewer may see."""
    visible = Transcript.employee_id.in_(employee_ids_visible_to(viewer))
    return one_or_none(select(Transcript).where(Transcript.id == transcript_id, visible))


def transcript_by_token(token: str) -> Transcript | None:
    """For the verification page."""
    return one_or_none(select(Transcript).where(Transcript.token == token)) if TOKEN.fullmatch(token) else None
