"""The door to a course's content: closed while anything locks it (CRS-4, CRS-9).

A lock is a fact of the enrollment, written in the transaction that causes it and lifted in the one that ends it, so
that every address asks the same row: lesson pages, files, videos, quizzes and what is posted to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lmsapp.infra.words import N_, NotAllowed
from lmsapp.learning.enrollments.models import Enrollment

Lock = Mapping[str, Any]
"""{'kind': 'path', ...}: the kind, and what it waits for in the kind's own terms."""
Words = Callable[[Lock], tuple[str, Mapping[str, Any]]]

GENERAL = N_("This course is closed for you at present. Its page says what is missing.")
PATH = N_("This course opens when %(titles)s is completed.")
PATHS = N_("This course opens when %(titles)s are completed.")
ANY_OF = N_("This course opens when %(count)s more of these are completed: %(titles)s.")
PAYMENT = N_("This course opens when it is paid for, or when the payment is waived.")


def set_lock(enrollment: Enrollment, kind: str, **detail: Any) -> None:
    """Close the content for that reason; one lock of a kind, the newest detail counts."""
    others = [one for one in enrollment.locks if one["kind"] != kind]
    enrollment.locks = [*others, {"kind": kind, **detail}]


def lift_lock(enrollment: Enrollment, kind: str) -> None:
    """That reason is gone; others may remain."""
    if any(one["kind"] == kind for one in enrollment.locks):
        enrollment.locks = [one for one in enrollment.locks if one["kind"] != kind]


def lock_words(lock: Lock) -> tuple[str, Mapping[str, Any]]:
    """(words to be translated, their values) of one lock, for the learner."""
    made = LOCK_WORDS.get(lock["kind"])
    return made(lock) if made else (GENERAL, {})


def check_open(enrollment: Enrollment) -> None:
    """Raises NotAllowed with the first reason while the content is closed."""
    refuse_locks(enrollment.locks)


def refuse_locks(locks: Sequence[Lock]) -> None:
    """The same for locks that were read by themselves. Raises NotAllowed."""
    if locks:
        words, values = lock_words(locks[0])
        raise NotAllowed(words, **values)


def _path(lock: Lock) -> tuple[str, Mapping[str, Any]]:
    """`waits_for`: [[course id, title], ...] that are still to be completed. `paths`: the same for each path that locks
    it, and `count` of them where not all are needed."""
    titles = [f"“{title}”" for _course_id, title in lock.get("waits_for", ())]
    choosing = [one for one in lock.get("paths", ()) if one["count"] < len(one["waits_for"])]
    if not titles or (choosing and len(lock["paths"]) > 1):
        return GENERAL, {}
    if choosing:
        return ANY_OF, {"count": choosing[0]["count"], "titles": ", ".join(titles)}
    return (PATH if len(titles) == 1 else PATHS), {"titles": ", ".join(titles)}


def _payment(_lock: Lock) -> tuple[str, Mapping[str, Any]]:
    return PAYMENT, {}


LOCK_WORDS: dict[str, Words] = {"path": _path, "payment": _payment}
