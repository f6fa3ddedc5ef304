"""Asking for the certificates of a group, asking again, and noting who took them away (CRT-5)."""

from __future__ import annotations

from lmsapp.courses.catalogue.models import Course
from lmsapp.courses.paths.models import LearningPath
from lmsapp.evidence.audit.actions import record_change
from lmsapp.infra.db import db
from lmsapp.infra.queue import ring
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.certificates.groups.models import CertificateGroup
from lmsapp.learning.certificates.groups.queries import may_ask
from lmsapp.learning.certificates.groups.rules import Form, Wanted, check
from lmsapp.people.viewer import Viewer

GROUP_JOB = "certificate group"
KIND = "certificate_group"


def ask_group(wanted: Wanted, form: Form, *, by: Viewer) -> CertificateGroup:
    """A row the worker works on. Raises RuleBroken for what cannot be asked, or what is not this viewer's to ask."""
    check(wanted)
    if not may_ask(wanted, by):
        raise RuleBroken(N_("Choose a course or a learning path."), field="subject")
    subject: Course | LearningPath = (
        db.session.get_one(Course, wanted.course_id)
        if wanted.course_id
        else db.session.get_one(LearningPath, wanted.path_id)
    )
    group = CertificateGroup(
        asked=form.value,
        asked_for=wanted.as_json(),
        title=subject.title,
        asked_by_id=by.user_id,
        asked_by_name=by.name,
    )
    db.session.add(group)
    db.session.flush()
    record_change("certificates asked for", (KIND, group.id), by=by, after={"title": group.title, **group.asked_for})
    ring(GROUP_JOB, group.id, urgent=True)
    return group


def ask_again(group: CertificateGroup, *, by: Viewer) -> None:
    """Once more what failed, or what is there and meanwhile lacks somebody; from the beginning."""
    db.session.refresh(group, ["state"], with_for_update=True)
    if group.state not in ("failed", "ready"):
        return
    group.state, group.tries, group.error, group.missing, group.held = "waiting", 0, None, [], 0
    group.zip_id = group.print_id = None
    db.session.flush()
    record_change("certificates asked for again", (KIND, group.id), by=by, after={"title": group.title})
    ring(GROUP_JOB, group.id, urgent=True)


def note_download(group: CertificateGroup, what: str, *, by: Viewer) -> None:
    """Who took the certificates of other people away, and when."""
    after = {"title": group.title, "file": what, "certificates": group.held}
    record_change("downloaded", (KIND, group.id), by=by, after=after)
