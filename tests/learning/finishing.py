"""Finishing a lesson as its page does: the button, or under an acknowledgement the password."""

from __future__ import annotations

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.evidence.signatures.rules import fingerprint
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.actions import mark_lesson_done
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.enrollments.signing import Signing, lesson_words, sign_lesson
from lmsapp.people.accounts import passwords
from lmsapp.people.accounts.models import User
from lmsapp.people.queries import load_viewer
from lmsapp.people.viewer import Viewer

PASSWORD = "correct horse battery staple"
MEANING = "I have read this and will follow it."


def finish(enrollment: Enrollment, line: LessonLine, *, by: Viewer | None = None) -> None:
    """Raises what the page would say."""
    if line.kind != "acknowledgement":
        mark_lesson_done(enrollment, line, by=by)
        return
    user = db.session.get_one(User, enrollment.employee.user_id)
    if not passwords.matches(PASSWORD, user.password_hash):
        user.password_hash = passwords.make_hash(PASSWORD)
    viewer = load_viewer(user.id, user.session_epoch, "UTC")
    assert viewer is not None
    shown = fingerprint(lesson_words(lesson_of(enrollment, line.id), MEANING))
    signing = Signing(password=PASSWORD, address="192.0.2.1", agreed=True, meaning=MEANING, shown=shown)
    sign_lesson(enrollment, line, signing, by=viewer)
