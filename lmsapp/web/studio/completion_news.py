"""Who is told when somebody completes an assignment of a course; for moderators (ASG-8)."""

from __future__ import annotations

from typing import Any

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length, Optional

from lmsapp.assignments.completions.actions import MOST_LISTENERS, tell_of_completions
from lmsapp.assignments.completions.queries import told_of
from lmsapp.courses.catalogue.authored import course_for
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.employees.chain import person_named
from lmsapp.people.roles import May
from lmsapp.web.gates import needs
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import get_or_404, page, to
from lmsapp.web.studio.courses import course_context
from lmsapp.web.studio.wing import bp


class NewsForm(SharedForm):
    """The manager, and whoever else; one person a line."""

    manager = BooleanField(
        __("The line manager of whoever completes it"),
        description=__("In the product at once, by e-mail with the other news of the day."),
    )
    people = TextAreaField(
        __("These people too"),
        [Optional(), Length(max=4000)],
        description=__("One a line: a name or an employee number. They learn who completed the course and when."),
    )


@bp.get("/courses/<int:course_id>/completion-news")
@needs(May.MODERATE)
def completion_news(course_id: int) -> ResponseReturnValue:
    """As it is now."""
    get_or_404(course_for(g.viewer, course_id))
    return _page(course_id, _stored(course_id))


@bp.post("/courses/<int:course_id>/completion-news")
@needs(May.MODERATE)
def save_completion_news(course_id: int) -> ResponseReturnValue:
    """From the next completion on."""
    course = get_or_404(course_for(g.viewer, course_id))
    form = NewsForm()
    if form.validate() and not form.changed_meanwhile(_stored(course_id), ("course", course_id), "told of completions"):
        with form.rule_errors():
            people = _people(form.people.data or "")
            changed = tell_of_completions(course, manager=form.manager.data, people=people, by=g.viewer)
            said = _("Saved. It holds from the next completion on.") if changed else _("Nothing was changed.")
            return to(url_for("studio.completion_news", course_id=course_id), said=said)
    return _page(course_id, form)


def _stored(course_id: int) -> NewsForm:
    told = told_of(course_id)
    people = "\n".join(f"{one.name} ({one.number})" for one in told.people if one.status == "active")
    return NewsForm(formdata=None, manager=told.manager, people=people)


def _people(text: str) -> list[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LISTENERS:
        raise RuleBroken(N_("At most %(most)s people."), field="people", most=MOST_LISTENERS)
    found = [person_named(g.viewer, line, "people") for line in lines]
    return list({one.id: one for one in found if one is not None}.values())


def _page(course_id: int, form: NewsForm) -> Response:
    context = course_context(course_id, "settings")
    return page("studio/course/completion_news.html", status=422 if form.errors else 200, form=form, **context)
