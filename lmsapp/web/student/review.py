"""What learners say of a course, and one's own word on it (CRS-8, ASG-8)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.courses.catalogue.queries import course_card
from lmsapp.courses.catalogue.rules import CourseStatus
from lmsapp.learning.choosing.actions import choose
from lmsapp.learning.choosing.rules import ChoiceKind
from lmsapp.learning.enrollments.queries import enrollment_for
from lmsapp.learning.reviews.actions import write_review
from lmsapp.learning.reviews.queries import PAGE, own_review, reviews_of, reviews_with_words, voice_of
from lmsapp.learning.reviews.rules import MOST_TEXT, check_may_review
from lmsapp.people.roles import Reach
from lmsapp.web.dates import day
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.catalogue_cards import rating_words
from lmsapp.web.student.wing import bp

BESIDE = 3  # reviews on the page of the course


class ReviewForm(Form):
    """Stars, and words for whoever thinks about taking it."""

    stars = RadioField(
        __("How good was it?"),
        [InputRequired(__("Choose from one to five stars."))],
        coerce=int,
        choices=[SelectChoice(str(n), str(n)) for n in range(5, 0, -1)],
    )
    text = TextAreaField(
        __("Your words"),
        [Optional(), Length(max=MOST_TEXT, message=__("At most 2,000 characters."))],
        description=__("What helped you at work, and what did not? Name no patients, customers or colleagues."),
    )


def review_form(**given: Any) -> ReviewForm:
    """With a word for each number of stars."""
    form = ReviewForm(**given)
    form.stars.choices = [SelectChoice(n, ngettext("%(num)s star", "%(num)s stars", n)) for n in range(5, 0, -1)]
    return form


@bp.get("/courses/<int:course_id>/reviews")
@needs(reach=Reach.EVERYBODY)  # a published course is there for every learner, and so is what was said of it
def reviews(course_id: int) -> ResponseReturnValue:
    """All of them that have words, newest first."""
    course = course_seen(course_id)
    number = min(max(1, request.args.get("page", 1, int)), 10_000)
    paging = {"number": number, "size": PAGE, "total": reviews_with_words(course_id)}
    said = [shown(one) for one in reviews_of(g.viewer, course_id, number)]
    voice = voice_of(g.viewer, course_id)
    return page(
        "student/course/reviews.html",
        course=course,
        reviews=said,
        voice=voice,
        rating=rating_words(voice.rating),
        paging=paging,
        page_url=page_url,
    )


@bp.get("/courses/<int:course_id>/review")
def review(course_id: int) -> ResponseReturnValue:
    """One's own, to write or to change."""
    enrollment = own_completed(course_id)
    own = own_review(g.viewer, course_id)
    form = review_form(formdata=None, data={"stars": own.stars, "text": own.text} if own else {})
    return page("student/course/review.html", course=enrollment.course, form=form, own=own)


@bp.post("/courses/<int:course_id>/review")
def save_review(course_id: int) -> ResponseReturnValue:
    """Write it, or write it anew."""
    enrollment = own_completed(course_id)
    form = review_form()
    if form.validate():
        with form.rule_errors():
            write_review(enrollment, form.stars.data, form.text.data or "", by=g.viewer)
            return to(url_for("student.course", course_id=course_id), said=_("Thank you. Your review is saved."))
    own = own_review(g.viewer, course_id)
    return page("student/course/review.html", status=422, course=enrollment.course, form=form, own=own)


@bp.post("/courses/<int:course_id>/review/later")
def no_review(course_id: int) -> ResponseReturnValue:
    """Do not ask for a review of this course; it can still be written."""
    own_completed(course_id)
    choose(g.viewer, course_id, ChoiceKind.NO_REVIEW)
    said = _("We do not ask again. You can still review it under Reviews.")
    return to(url_for("student.course", course_id=course_id), said=said)


def course_seen(course_id: int) -> Any:
    """A course the viewer may open: a published one, or their own."""
    found = get_or_404(course_card(course_id))
    return get_or_404(found if found.status == CourseStatus.PUBLISHED or enrollment_for(g.viewer, course_id) else None)


def own_completed(course_id: int) -> Any:
    """The viewer's own enrollment; 403 in words where they may not review it."""
    enrollment = get_or_404(enrollment_for(g.viewer, course_id))
    check_may_review(
        completed=enrollment.completed_at is not None,
        wrote_course=enrollment.course.created_by_id == g.viewer.user_id,
    )
    return enrollment


def reviews_beside(course_id: int) -> dict[str, Any]:
    """For the page of a course: the rating, the latest words, and whether to ask for one."""
    voice = voice_of(g.viewer, course_id)
    latest = reviews_of(g.viewer, course_id, size=BESIDE) if voice.rating.reviews else []
    return {"rating": rating_words(voice.rating), "voice": voice, "reviews": [shown(one) for one in latest]}


def shown(one: Any) -> dict[str, Any]:
    """A review as the page says it."""
    who = _("You") if one.own else one.name or _("A colleague")
    return {
        "stars": one.stars,
        "label": ngettext("%(num)s star of 5", "%(num)s stars of 5", one.stars),
        "text": one.text,
        "by": _("%(who)s, %(day)s", who=who, day=day(one.at)),
    }
