"""Signing an acknowledgement: a real signature, bound to the exact words of the lesson (ORG-7, CRS-1)."""

from __future__ import annotations

from dataclasses import dataclass

from lmsapp.courses.catalogue.queries import LessonLine, LessonView
from lmsapp.evidence.signatures.actions import TextChanged, sign
from lmsapp.evidence.signatures.rules import Words, cleaned, fingerprint
from lmsapp.evidence.signatures.texts import text_of_source
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.learning.enrollments.actions import finish_lesson, unfinished
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Signing:
    """What the learner gives under an acknowledgement. `meaning`: its statement; `shown`: SHA-256 of what was read."""

    password: str
    address: str
    agreed: bool
    meaning: str
    shown: str


def sign_lesson(enrollment: Enrollment, lesson: LessonLine, signing: Signing, *, by: Viewer) -> None:
    """The learner signs the words of an acknowledgement, which finishes it: both, or neither (ORG-7).

    Signed already: nothing happens. Raises RuleBroken with what is missing, TextChanged when the words are not those
    that were `shown`, and what `evidence.signatures.actions.sign` raises.
    """
    lock_enrollment(enrollment)
    row = unfinished(enrollment, lesson)
    if row is None:
        return
    words = lesson_words(lesson_of(enrollment, lesson.id), signing.meaning)
    if fingerprint(words) != signing.shown:
        raise TextChanged(N_("This text was changed while you read it. Read it again below, then sign it."))
    version = text_of_source(("lesson", lesson.id), enrollment.course.language, words)
    signature = sign(by, version, password=signing.password, address=signing.address, meaning_agreed=signing.agreed)
    row.detail = {**row.detail, "signature": {"id": signature.id, "text_sha256": signature.text_sha256}}
    finish_lesson(enrollment, lesson, row, signature.signed_at, by=by)


def lesson_words(lesson: LessonView | None, meaning: str) -> Words:
    """What is signed under an acknowledgement: its title, the statement, its text. Raises RuleBroken."""
    if lesson is None:
        raise RuleBroken(N_("This lesson is not part of the course any more."))
    return cleaned(Words(lesson.title, meaning, lesson.body))
