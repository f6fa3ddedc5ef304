"""Reviews of a course for who looks after it; moderators hide one with a reason (CRS-8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from lmsapp.courses.catalogue.authored import course_for
from lmsapp.learning.reviews.actions import hide_review, show_review
from lmsapp.learning.reviews.queries import rating_of, review_for, reviews_for_staff
from lmsapp.people.roles import May
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.catalogue_cards import rating_words
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.forms import sure
from lmsapp.web.studio.wing import bp

SIZE = 25


class HidingForm(Form):
    """Why nobody should read it."""

    reason = StringField(
        __("Reason"),
        [InputRequired(__("Say why; whoever wrote it will read it.")), Length(max=500)],
    )


@bp.get("/courses/<int:course_id>/reviews")
def reviews(course_id: int) -> ResponseReturnValue:
    """All, hidden ones too. Names are for moderators."""
    get_or_404(course_for(g.viewer, course_id))
    return _page(course_id)


@bp.get("/courses/<int:course_id>/reviews/<int:review_id>/hiding")
@needs(May.MODERATE)
def new_hiding(course_id: int, review_id: int) -> ResponseReturnValue:
    """Asks for the reason."""
    get_or_404(review_for(g.viewer, course_id, review_id))
    return _page(course_id, hiding=review_id, form=HidingForm(formdata=None))


@bp.post("/courses/<int:course_id>/reviews/<int:review_id>/hiding")
@needs(May.MODERATE)
def hide(course_id: int, review_id: int) -> ResponseReturnValue:
    """Out of sight and out of the average."""
    found, form = get_or_404(review_for(g.viewer, course_id, review_id)), HidingForm()
    if form.validate():
        with form.rule_errors():
            hide_review(found, sure(form.reason), by=g.viewer)
            return to(url_for("studio.reviews", course_id=course_id), said=_("The review is hidden."))
    return _page(course_id, hiding=review_id, form=form)


@bp.post("/courses/<int:course_id>/reviews/<int:review_id>/showing")
@needs(May.MODERATE)
def show(course_id: int, review_id: int) -> ResponseReturnValue:
    """In sight again."""
    show_review(get_or_404(review_for(g.viewer, course_id, review_id)), by=g.viewer)
    return to(url_for("studio.reviews", course_id=course_id), said=_("The review is shown again."))


def _page(course_id: int, hiding: int | None = None, form: Any = None) -> Response:
    number = min(max(1, request.args.get("page", 1, int)), 10_000)
    rows, total = reviews_for_staff(g.viewer, course_id, number, SIZE)
    return page(
        "studio/course/reviews.html",
        status=422 if form is not None and form.errors else 200,
        reviews=rows,
        hiding=hiding,
        form=form,
        rating=rating_words(rating_of(course_id)),
        moderates=g.viewer.may(May.MODERATE),
        paging={"number": number, "size": SIZE, "total": total},
        page_url=page_url,
        **course_context(course_id, "reviews"),
    )
