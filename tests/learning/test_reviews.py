"""Reviews and the average they come to (CRS-8)."""

from __future__ import annotations

import pytest

from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.words import NotAllowed, RuleBroken
from lmsapp.learning.enrollments.models import Enrollment
from lmsapp.learning.reviews.actions import hide_review, show_review, write_review
from lmsapp.learning.reviews.queries import rating_of, reviews_of, voice_of
from lmsapp.people.settings.actions import change_settings
from tests.cast import Cast, Person, make_cast
from tests.courses.authors import Written


def completed(written: Written, person: Person) -> Enrollment:
    enrollment = Enrollment(employee=person.record, course=written.course, completed_at=clock.now(), locks=[])
    db.session.add(enrollment)
    db.session.flush()
    return enrollment


def test_one_review_each_and_the_average_follows() -> None:
    """CRS-8: written, changed, hidden with a reason and shown again, each on the trail; average and count in the same
    transaction; names as the organisation decided."""
    people: Cast = make_cast()
    milo = people.milo.viewer
    written = Written(by=people.carla.viewer).publish()
    course_id = written.course.id
    lena, otto = completed(written, people.lena), completed(written, people.otto)
    assert voice_of(people.lena.viewer, course_id).asked
    first = write_review(lena, 5, "  Good\n\tindeed ", by=people.lena.viewer)
    write_review(otto, 2, "", by=people.otto.viewer)
    assert (rating_of(course_id).reviews, rating_of(course_id).average) == (2, 3.5)
    assert write_review(lena, 4, "Fine", by=people.lena.viewer) is first
    assert (rating_of(course_id).reviews, rating_of(course_id).average) == (2, 3.0)
    assert not voice_of(people.lena.viewer, course_id).asked

    assert [(one.name, one.text, one.own) for one in reviews_of(people.otto.viewer, course_id)] == [
        ("Lena", "Fine", False)
    ]
    change_settings({"review_names": False}, None)
    assert [one.name for one in reviews_of(people.otto.viewer, course_id)] == [""]

    with pytest.raises(RuleBroken):
        hide_review(first, " ", by=milo)
    with pytest.raises(NotAllowed):
        hide_review(first, "Because", by=people.carla.viewer)
    hide_review(first, "Names a patient", by=milo)
    hide_review(first, "Again", by=milo)
    assert (rating_of(course_id).reviews, rating_of(course_id).stars) == (1, 2)
    write_review(lena, 5, "Still hidden", by=people.lena.viewer)
    assert rating_of(course_id).reviews == 1
    assert reviews_of(people.otto.viewer, course_id) == []
    show_review(first, by=milo)
    assert (rating_of(course_id).reviews, rating_of(course_id).stars) == (2, 7)
    trail = db.session.query(AuditEntry).filter_by(subject_kind="course_review", subject_id=first.id)
    told = [one.action for one in trail.order_by(AuditEntry.id)]
    assert told == ["review written", "review changed", "review hidden", "review changed", "review shown again"]


def test_who_made_it_or_did_not_complete_it_says_nothing() -> None:
    """CRS-8: only who completed the course, never its author; one to five stars."""
    people: Cast = make_cast()
    written = Written(by=people.mark.viewer).publish()
    own, open_ = completed(written, people.mark), completed(written, people.lena)
    assert not voice_of(people.mark.viewer, written.course.id).may_write
    with pytest.raises(NotAllowed, match="made this course"):
        write_review(own, 5, "", by=people.mark.viewer)
    for stars in (0, 6, None):
        with pytest.raises(RuleBroken):
            write_review(open_, stars, "", by=people.lena.viewer)
    with pytest.raises(RuleBroken):
        write_review(open_, 3, "x" * 2001, by=people.lena.viewer)
    open_.completed_at = None
    with pytest.raises(NotAllowed, match="completed"):
        write_review(open_, 3, "", by=people.lena.viewer)
    assert rating_of(written.course.id).average is None
