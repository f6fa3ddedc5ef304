"""Keeping what is being written, and handing it in. A doubled or late request changes nothing (QIZ-3, QIZ-5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.tasks.rules import Gives
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.filetypes import fitting_name
from lmsapp.infra.markdown import to_html
from lmsapp.infra.uploads import check_upload
from lmsapp.infra.words import N_, NotAllowed, RuleBroken
from lmsapp.learning.enrollments.actions import open_lesson
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.handins import rules
from lmsapp.learning.handins.events import HandInGiven
from lmsapp.learning.handins.facts import Given, Place, given_in
from lmsapp.learning.handins.models import HandIn, HandInDraft
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save. `kept` is false when a newer one was there; `revision` is the one now held."""

    kept: bool
    revision: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What is handed in. `keep`: ids of files of the last hand-in that belong to this one too; `uploads` are new.

    `key` is of the page: the same twice is one hand-in. `revision`: the newest the page has sent to be saved.
    """

    key: str
    text: str = ""
    link: str = ""
    uploads: Sequence[Upload] = ()
    keep: Collection[int] = ()
    revision: int = 0


def save_draft(place: Place, text: str, link: str, revision: int, *, by: Viewer) -> Saved:
    """Keep what is being written if nothing newer is held, in one statement. A link is checked when it is handed in.

    Raises RuleBroken when it is too long, or nothing can be handed in any more.
    """
    _only_own(place, by)
    rules.check_may_give(_states(place))
    text = rules.checked_text(place.task, text)
    now = clock.now()
    write = insert(HandInDraft).values(
        **_key(place), text=text, link=link[: rules.LONGEST_LINK].replace("\0", ""), revision=revision, saved_at=now
    )
    new = write.excluded
    written = db.session.scalar(
        write.on_conflict_do_update(
            index_elements=["enrollment_id", "lesson_id", "cycle"],
            set_={"text": new.text, "link": new.link, "revision": new.revision, "saved_at": new.saved_at},
            where=HandInDraft.revision < new.revision,
        ).returning(HandInDraft.revision)
    )
    if written is not None:
        return Saved(kept=True, revision=written, at=now)
    held = _draft(place)
    return Saved(kept=False, revision=held.revision, at=held.saved_at or now)


def add_files(place: Place, uploads: Sequence[Upload], *, by: Viewer) -> HandInDraft:
    """Keep files beside what is being written. All or none. Raises RuleBroken in words for the file that is refused."""
    _only_own(place, by)
    rules.check_may_give(_states(place))
    if not uploads:
        raise RuleBroken(N_("Choose a file first."), field="files")
    draft = _draft(place, lock=True)
    if len(draft.files) + len(uploads) > place.task.max_files:
        raise RuleBroken(N_("At most %(most)s files can be handed in."), field="files", most=place.task.max_files)
    draft.uploads += len(uploads)
    if draft.uploads > rules.MOST_UPLOADS:
        raise RuleBroken(N_("You have sent many files. Hand in what is there, then send more."), field="files")
    draft.files = [*draft.files, *(_keep(place, upload) for upload in uploads)]
    db.session.flush()
    return draft


def remove_file(place: Place, file_id: int, *, by: Viewer) -> HandInDraft:
    """Take a file away again; one that is gone already is no error."""
    _only_own(place, by)
    draft = _draft(place, lock=True)
    draft.files = [one for one in draft.files if one["id"] != file_id]
    db.session.flush()
    return draft


def hand_in(place: Place, work: Work, *, by: Viewer) -> HandIn:
    """Hand in what is given, with the files of the draft. The same `key` again answers with the first.

    Raises RuleBroken.
    """
    _only_own(place, by)
    lock_enrollment(place.enrollment)
    before = given_in(place.enrollment.id, place.lesson.id)
    if same := next((one.hand_in for one in before if one.hand_in.submit_key == work.key), None):
        return same
    open_lesson(place.enrollment, place.lesson)
    rules.check_may_give([one.state for one in before if one.hand_in.cycle == place.cycle])
    draft = _draft(place, lock=True)
    given = [*_kept(before, work.keep), *draft.files, *(_keep(place, upload) for upload in work.uploads)]
    rules.check_given(place.task, work.text, work.link, len(given))
    row = _written(place, work, given, number=len(before) + 1, by=by)
    draft.text, draft.link, draft.files, draft.uploads, draft.saved_at = "", "", [], 0, None
    draft.revision = max(draft.revision, work.revision) + 1  # a save that comes late finds a newer one
    db.session.flush()
    after = {"lesson": row.title, "number": row.number, "files": [one["name"] for one in row.files]}
    record_change("work handed in", ("hand_in", row.id), by=by, after=after)
    emit(HandInGiven(row, place.enrollment))
    return row


def _written(place: Place, work: Work, given: list[dict[str, Any]], *, number: int, by: Viewer) -> HandIn:
    text = rules.checked_text(place.task, work.text).strip()
    row = HandIn(
        enrollment_id=place.enrollment.id,
        lesson_id=place.lesson.id,
        cycle=place.cycle,
        number=number,
        content_version=place.version,
        title=place.lesson.title,
        task=place.task.as_json(),
        text=text,
        text_html=to_html(text),
        link=rules.checked_link(place.task, work.link),
        files=given,
        submit_key=work.key,
        handed_in_at=clock.now(),
        handed_in_by_id=by.user_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _only_own(place: Place, by: Viewer) -> None:
    """Nobody hands in for somebody else, whatever else they may do, nor while the course is closed to them."""
    if by.employee_id is None or place.enrollment.employee_id != by.employee_id:
        raise NotAllowed(N_("Work is handed in by whoever did it."))
    check_open(place.enrollment)


def _states(place: Place) -> list[rules.HandInState]:
    return [one.state for one in given_in(place.enrollment.id, place.lesson.id, place.cycle)]


def _kept(before: Sequence[Given], wanted: Collection[int]) -> list[dict[str, Any]]:
    """Files of the last hand-in that go along; any other id means nothing."""
    return [one for one in before[-1].hand_in.files if one["id"] in wanted] if before else []


def _keep(place: Place, upload: Upload) -> dict[str, Any]:
    if Gives.FILE not in place.task.gives:
        raise RuleBroken(N_("No files are asked for here."), field="files")
    name = "".join(c for c in upload.name.replace("\\", "/").rpartition("/")[2] if c.isprintable())[-150:] or "file"
    kind = check_upload(upload.source, name, taken=place.task.file_types, largest=place.task.max_mb << 20)
    stored = files.store(upload.source, name=fitting_name(name, kind), media_type=kind.media_type)
    return {
        "id": stored.id,
        "name": stored.name,
        "size": stored.size,
        "media_type": stored.media_type,
        "sha256": stored.sha256,
    }


def _key(place: Place) -> dict[str, int]:
    return {"enrollment_id": place.enrollment.id, "lesson_id": place.lesson.id, "cycle": place.cycle}


def _draft(place: Place, *, lock: bool = False) -> HandInDraft:
    """The draft, begun where there is none."""
    key = _key(place)
    db.session.execute(insert(HandInDraft).values(**key, files=[]).on_conflict_do_nothing())
    found = select(HandInDraft).filter_by(**key).execution_options(populate_existing=True)
    return db.session.scalars(found.with_for_update() if lock else found).one()
