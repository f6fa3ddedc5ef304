"""Pausing one or all courses of a person: the form that learners and managers share (ENR-10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as __
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from lmsapp.web.enrolled_one import PauseForm
from lmsapp.web.fields import TicksField


class CoursesPauseForm(PauseForm):
    """With the courses to pause."""

    courses = TicksField(__("Courses"), coerce=int, description=__("Nothing ticked: all of them."))


def courses_form(there: Iterable[Any], **more: Any) -> CoursesPauseForm:
    """The courses under way that are not paused, to choose from."""
    form = CoursesPauseForm(**more)
    form.courses.choices = [SelectChoice(one.id, one.course.title) for one in there if one.paused_until is None]
    return form


def picked(form: CoursesPauseForm, there: Sequence[Any]) -> list[Any]:
    """What is ticked, or all that are not paused."""
    wanted = set(form.courses.data or ())
    return [one for one in there if one.paused_until is None and (not wanted or one.id in wanted)]
