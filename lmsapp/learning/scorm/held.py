"""Everything that one launch moves, locked in one order: enrollment, launch, attempt, part (ENR-3).

Whoever may change completion takes the enrollment first, as every action on progress does; commits that cannot (see
`recording.py`) take the launch and the part, in the same order. So nobody waits for somebody who waits for them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.packages.models import ScormPackage
from lmsapp.courses.packages.rules import Item, Manifest, PackageTerms
from lmsapp.infra.db import db
from lmsapp.learning.enrollments.facts import lesson_of
from lmsapp.learning.enrollments.held import lock_enrollment
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.scorm.models import ScormAttempt, ScormLaunch, ScormSco
from lmsapp.learning.scorm.outcome.rules import Asked, asked_of

KEPT_MANIFESTS = 128


@dataclass(slots=True)
class Play:
    """A launch with what it belongs to, all of it locked."""

    enrollment: Enrollment
    attempt: ScormAttempt
    launch: ScormLaunch
    sco: ScormSco
    manifest: Manifest

    @property
    def item(self) -> Item | None:
        return self.manifest.item(self.launch.item)

    @property
    def asked(self) -> Asked:
        """What the manifest asks of the part."""
        return asked_of(self.manifest, self.item)

    @property
    def counts(self) -> bool:
        """Whether what is said changes anything: a visit for review or to browse does not."""
        return self.launch.mode == "normal"


def hold(launch: ScormLaunch) -> Play:
    """Lock what the launch of a learner moves."""
    enrollment_id = db.session.scalars(
        select(ScormAttempt.enrollment_id).where(ScormAttempt.id == launch.attempt_id)
    ).one()
    enrollment = db.session.get_one(Enrollment, enrollment_id)
    lock_enrollment(enrollment)
    return hold_in(enrollment, launch)


def hold_in(enrollment: Enrollment, launch: ScormLaunch) -> Play:
    """The same under the lock of the enrollment."""
    locked = {"with_for_update": True, "populate_existing": True}
    held = db.session.get_one(ScormLaunch, launch.id, **locked)  # type: ignore[arg-type]
    attempt = db.session.get_one(ScormAttempt, launch.attempt_id, **locked)  # type: ignore[arg-type]
    sco = sco_of(attempt.id, launch.item)
    return Play(enrollment, attempt, held, sco, manifest_of(launch.package_id))


def sco_of(attempt_id: int, item: str) -> ScormSco:
    """The row of a part, locked; made where there is none yet, under the lock of its attempt."""
    row = db.session.get(ScormSco, (attempt_id, item), with_for_update=True, populate_existing=True)
    if row is None:
        row = ScormSco(attempt_id=attempt_id, item=item, cmi={}, suspend_data="", completion="unknown", exit="")
        row.success, row.said_done, row.total_seconds, row.sessions = "unknown", False, 0, 0
        db.session.add(row)
        db.session.flush()
    return row


def manifest_of(package_id: int) -> Manifest:
    """Of a package; it never changes, so that each is read once. The instant tells one database from another."""
    made = db.session.scalars(select(ScormPackage.created_at).where(ScormPackage.id == package_id)).one()
    return _kept(package_id, made)


@lru_cache(maxsize=KEPT_MANIFESTS)
def _kept(package_id: int, _made: dt.datetime) -> Manifest:
    kept = db.session.scalars(select(ScormPackage.manifest).where(ScormPackage.id == package_id)).one()
    return Manifest.from_json(kept)


def terms_of(enrollment: Enrollment, lesson_id: int) -> PackageTerms:
    """When the lesson is done, in the version this learner takes; where it has the lesson no more, as it stands."""
    view = lesson_of(enrollment, lesson_id)
    detail = view.detail if view is not None else db.session.get_one(Lesson, lesson_id).detail
    return PackageTerms.from_json(detail.get("scorm", {}))
