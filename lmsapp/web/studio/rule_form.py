"""The completion rule as a form: criteria are ticked, their numbers typed, lessons and quizzes chosen (CRS-3).

Each kind of criterion is one block: how a stored criterion fills the form, and what the form states. Its fields stand
in RuleForm, its part of the page in `templates/studio/course/rule/_<kind>.html`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import Field, IntegerField, SelectField, ValidationError
from wtforms.validators import NumberRange, Optional

from lmsapp.courses.catalogue.queries import LessonLine
from lmsapp.courses.catalogue.rules import Criterion, CriterionKind, LessonKind, Mode, Rule
from lmsapp.courses.completion.facts import MEASURED, SCORM
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.forms import TicksField
from lmsapp.web.studio.words import choices

EITHER = 1  # the number of the group of which one is enough
EVERY = 0  # instead of the id of a lesson: every quiz, every package


class ScoresField(Field):
    """Ticked lessons with the least score of each: {lesson id: per cent}, 0 for every one of its kind in the course.

    Inputs: repeated `<name>` with what is ticked, and `<name>-<id>` with its score.
    """

    offered: tuple[tuple[int, str], ...] = ()  # (lesson id, title)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        del extra_filters
        self.process_errors = []
        self.data = dict(data) if isinstance(data, dict) else {}
        self.typed: dict[int, str] = {key: str(value) for key, value in self.data.items()}
        if formdata:
            ticked = [key for key in formdata.getlist(self.name)[:200] if key.isdecimal() and len(key) < 10]
            self.typed = {int(key): str(formdata.get(f"{self.name}-{key}", ""))[:9] for key in ticked}
            self.data = {key: int(typed) for key, typed in self.typed.items() if _is_percent(typed)}

    def pre_validate(self, form: Any) -> None:
        """What is ticked has a score."""
        if set(self.typed) - set(self.data):
            raise ValidationError(_("Give each one that is ticked a score from 1 to 100."))


def _is_percent(typed: str) -> bool:
    return typed.isdecimal() and len(typed) <= 3 and 1 <= int(typed) <= 100


class RuleForm(SharedForm):
    """What completes a course. `how_<kind>`: always needed, or one of those of which one is enough."""

    criteria = TicksField(__("What counts"), choices=[])
    share = IntegerField(__("Share of the lessons, in per cent"), [Optional(), NumberRange(1, 100)], default=100)
    required = TicksField(__("Required lessons"), coerce=int)
    scores = ScoresField(__("Quizzes and their least score"))
    packages = ScoresField(__("Packages and their least score"))
    assignment_lesson = SelectField(__("Which assignment"), coerce=int, default=0)
    active_minutes = IntegerField(__("Active minutes in all"), [Optional(), NumberRange(1, 6000)], default=20)
    lesson_minutes = IntegerField(__("Active minutes in each"), [Optional(), NumberRange(1, 6000)], default=2)
    sessions = IntegerField(__("How many sessions"), [Optional(), NumberRange(1, 100)], default=1)
    timed = TicksField(
        __("In which lessons"), coerce=int, description=__("Nothing ticked: in each lesson that can be measured.")
    )


HOW = {"all": __("Always needed"), "any": __("One of these is enough")}
for _kind in CriterionKind:
    setattr(RuleForm, f"how_{_kind.value}", SelectField(__("How it counts"), choices=choices(HOW), default="all"))


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of criterion in the form. `tick`: what ticking it says. `fills`: the form's values for stored ones.
    `states`: what the filled form asks, without its kind."""

    tick: Any
    fills: Callable[[list[Criterion]], dict[str, Any]]
    states: Callable[[RuleForm], Iterable[dict[str, Any]]]


BLOCKS: dict[CriterionKind, Block] = {
    CriterionKind.LESSONS: Block(
        __("Lessons are finished"),
        lambda known: {"share": known[0].share},
        lambda form: [{"share": form.share.data or 100}],
    ),
    CriterionKind.REQUIRED: Block(
        __("These lessons are finished"),
        lambda known: {"required": list(known[0].lessons)},
        lambda form: [{"lessons": form.required.data or []}],
    ),
    CriterionKind.QUIZ_PASSED: Block(
        __("A quiz is passed"),
        lambda known: {"scores": {one.lesson_id or EVERY: one.percent for one in known}},
        lambda form: [{"lesson_id": key or None, "percent": score} for key, score in form.scores.data.items()],
    ),
    CriterionKind.ACKNOWLEDGED: Block(
        __("Every acknowledgement is signed"),
        lambda known: {},
        lambda form: [{}],
    ),
    CriterionKind.ACTIVE_MINUTES: Block(
        __("Time is spent in the lessons"),
        lambda known: {"active_minutes": known[0].minutes},
        lambda form: [{"minutes": form.active_minutes.data or 0}],
    ),
    CriterionKind.LESSON_MINUTES: Block(
        __("Time is spent in single lessons"),
        lambda known: {"lesson_minutes": known[0].minutes, "timed": list(known[0].lessons)},
        lambda form: [{"minutes": form.lesson_minutes.data or 0, "lessons": form.timed.data or []}],
    ),
    CriterionKind.ASSIGNMENT_PASSED: Block(
        __("Handed-in work is passed"),
        lambda known: {"assignment_lesson": known[0].lesson_id or 0},
        lambda form: [{"lesson_id": form.assignment_lesson.data or None}],
    ),
    CriterionKind.ATTENDED: Block(
        __("Sessions are attended"),
        lambda known: {"sessions": known[0].sessions},
        lambda form: [{"sessions": form.sessions.data or 1}],
    ),
    CriterionKind.PACKAGE_SCORE: Block(
        __("A SCORM package reports a score"),
        lambda known: {"packages": {one.lesson_id or EVERY: one.percent for one in known}},
        lambda form: [{"lesson_id": key or None, "percent": score} for key, score in form.packages.data.items()],
    ),
}


TICKED = {
    CriterionKind.QUIZ_PASSED: ("scores", N_("Tick the quizzes that are to be passed.")),
    CriterionKind.PACKAGE_SCORE: ("packages", N_("Tick the packages that are to report a score.")),
}


def blocks_for(form: RuleForm) -> dict[CriterionKind, Block]:
    """The blocks to show: a score of a package only where the course has one, or the rule asks for it."""
    packaged = len(form.packages.offered) > 1 or CriterionKind.PACKAGE_SCORE in (form.criteria.data or [])
    return {kind: block for kind, block in BLOCKS.items() if packaged or kind is not CriterionKind.PACKAGE_SCORE}


def rule_form(lessons: Iterable[LessonLine], rule: Rule | None = None) -> RuleForm:
    """The form with the lessons of the course to choose from; filled with a rule, or with what was posted."""
    form = RuleForm(formdata=None, data=as_fields(rule)) if rule is not None else RuleForm()
    known = list(lessons)
    form.criteria.choices = choices([(kind.value, block.tick) for kind, block in BLOCKS.items()])
    form.required.choices = choices([(line.id, line.title) for line in known])
    form.timed.choices = choices([(line.id, line.title) for line in known if line.kind in MEASURED])
    tasks = [(line.id, line.title) for line in known if line.kind == LessonKind.ASSIGNMENT]
    form.assignment_lesson.choices = choices([(0, _("Every assignment of the course")), *tasks])
    quizzes = [(line.id, line.title) for line in known if line.kind == LessonKind.QUIZ]
    form.scores.offered = ((EVERY, _("Every quiz of the course")), *quizzes)
    packages = [(line.id, line.title) for line in known if line.kind == SCORM]
    form.packages.offered = ((EVERY, _("Every SCORM package of the course")), *packages)
    return form


def as_fields(rule: Rule) -> dict[str, Any]:
    """The form's values for a rule; a course without one begins with all lessons."""
    values: dict[str, Any] = {"criteria": []}
    for kind, block in BLOCKS.items():
        known = [one for one in rule.criteria if one.kind is kind]
        if known:
            either = known[0].group or rule.mode is Mode.ANY
            values |= block.fills(known) | {f"how_{kind.value}": "any" if either else "all"}
            values["criteria"].append(kind.value)
    return values if values["criteria"] else {"criteria": ["lessons"]}


def rule_of(form: RuleForm) -> Rule:
    """The rule the form states. Raises RuleBroken for values out of range.

    What is always needed stands by itself; those of which one is enough form a group, or are the whole rule.
    """
    stated: list[tuple[dict[str, Any], bool]] = []
    for kind, block in BLOCKS.items():
        if kind.value in (form.criteria.data or []):
            either = form[f"how_{kind.value}"].data == "any"
            said_of_kind = list(block.states(form))
            if not said_of_kind:
                field, words = TICKED[kind]
                raise RuleBroken(words, field=field)
            stated += [({"kind": kind.value, **said}, either) for said in said_of_kind]
    only_either = bool(stated) and all(either for _said, either in stated)
    mode = Mode.ANY if only_either else Mode.ALL
    criteria = [said | ({"group": EITHER} if either and not only_either else {}) for said, either in stated]
    return Rule.from_json(0, mode.value, criteria)
