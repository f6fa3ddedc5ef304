"""Opening a package, and the page around it while it plays (SCO-2, SCO-3). The content itself lives on its own host."""

from __future__ import annotations

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra.hosts import Origin
from lmsapp.infra.words import RuleBroken
from lmsapp.learning.enrollments.door import check_open
from lmsapp.learning.enrollments.facts import line_of
from lmsapp.learning.enrollments.held import lock_own
from lmsapp.learning.enrollments.queries import study_view
from lmsapp.learning.scorm.launches.launching import launch
from lmsapp.learning.scorm.seen.playing import closed_words, playable, wrapper_of
from lmsapp.web.forms import say
from lmsapp.web.headers import framing_content
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.student.wing import bp


@bp.post("/courses/<int:course_id>/lessons/<int:lesson_id>/launches")
def create_launch(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Start, go on, look again, or begin anew (`again`); `item` chooses a part, `alone` a window of its own."""
    enrollment = get_or_404(lock_own(g.viewer, course_id))
    line = get_or_404(line_of(enrollment, lesson_id))
    check_open(enrollment)
    item, again = request.form.get("item") or None, "again" in request.form
    try:
        made = launch(enrollment, line, by=g.viewer, item=item, again=again)
    except RuleBroken as broken:
        return to(url_for("student.lesson", course_id=course_id, lesson_id=lesson_id), said=say(broken))
    alone = "1" if "alone" in request.form else None
    return to(url_for("student.player", course_id=course_id, lesson_id=lesson_id, launch_id=made.id, alone=alone))


@bp.get("/courses/<int:course_id>/lessons/<int:lesson_id>/launches/<int:launch_id>")
def player(course_id: int, lesson_id: int, launch_id: int) -> ResponseReturnValue:
    """The page with the frame. What is closed leads back to the lesson, and says why."""
    view = get_or_404(study_view(g.viewer, course_id))
    found = get_or_404(playable(view.enrollment, lesson_id, launch_id))
    if found.id != launch_id:
        return to(url_for("student.player", course_id=course_id, lesson_id=lesson_id, launch_id=found.id))
    back = url_for("student.lesson", course_id=course_id, lesson_id=lesson_id)
    if found.superseded_at is not None:
        return to(back, said=_("This lesson was opened in another window. Go on there, or open it again here."))
    if words := closed_words(found):
        return to(back, said=_(words))
    state = view.state_of(lesson_id)
    address = wrapper_of(found)
    return framing_content(
        page(
            "player/page.html",
            title=state.line.title if state else view.outline.title,
            sub=view.outline.title,
            address=address,
            origin=str(Origin.of(address)),
            back=back,
            stay=url_for("account.stay"),
            alone="alone" in request.args,
            idle_seconds=0,  # the content is used, not this page: it must not be taken away for want of a click here
        )
    )
