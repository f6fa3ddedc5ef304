"""A package tried by its author: played as learners will see it, and nothing of it counts (SCO-2)."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.infra.hosts import Origin
from lmsapp.learning.scorm.launches.launching import try_out
from lmsapp.learning.scorm.launches.trying import trial_of
from lmsapp.learning.scorm.seen.playing import closed_words, wrapper_of
from lmsapp.web.headers import framing_content
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.package_forms import ZipForm
from lmsapp.web.studio.packages import lesson_page, package_lesson
from lmsapp.web.studio.wing import bp


@bp.post("/lessons/<int:package_lesson_id>/trials")
def create_package_trial(package_lesson_id: int) -> ResponseReturnValue:
    """Begin one; `item` chooses the part, else it is the first."""
    lesson, form = package_lesson(package_lesson_id), ZipForm(formdata=None)
    launch: Any = None
    with form.rule_errors():
        launch = try_out(lesson, by=g.viewer, item=request.form.get("item") or None)
    if form.broken is not None:
        return lesson_page(lesson, zip_form=form)
    return to(url_for("studio.package_trial", package_lesson_id=package_lesson_id, trial_id=launch.id))


@bp.get("/lessons/<int:package_lesson_id>/trials/<int:trial_id>")
def package_trial(package_lesson_id: int, trial_id: int) -> ResponseReturnValue:
    """The player's page as learners see it, which leads back to the studio."""
    lesson = package_lesson(package_lesson_id)
    trial = get_or_404(trial_of(lesson, trial_id))
    back = url_for("studio.lesson", lesson_id=package_lesson_id)
    if words := closed_words(trial):
        return to(back, said=_(words))
    address = wrapper_of(trial)
    return framing_content(
        page(
            "player/page.html",
            title=lesson.title,
            sub=_("Trial: nothing counts for anybody"),
            address=address,
            origin=str(Origin.of(address)),
            back=back,
            stay=url_for("account.stay"),
            alone=False,
            idle_seconds=0,
        )
    )
