"""Forms of audiences and training rules. They check shape; what a rule may be is for the rules."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.assignments.standing.actions import RuleFacts
from lmsapp.assignments.standing.queries import targets_for_rules
from lmsapp.assignments.standing.rules import COUNTED, DATED, Due, DueKind
from lmsapp.compliance.policies.queries import people_named
from lmsapp.compliance.policies.rules import names_in
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.audiences.queries import people_words
from lmsapp.people.audiences.rules import LONGEST_NAME, AudienceRule
from lmsapp.people.forwhom.queries import choices as offered
from lmsapp.people.forwhom.rules import ForWhom
from lmsapp.web.dates import today
from lmsapp.web.forms import Form, LineField
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.audience_words import DUE_KINDS
from lmsapp.web.studio.forms import TicksField, sure
from lmsapp.web.studio.words import choices

TOO_LONG = __("This is too long.")
PEOPLE = [Optional(), Length(max=20_000, message=TOO_LONG)]
REASON = [InputRequired(__("Give a reason; it stays on record.")), Length(max=1000, message=TOO_LONG)]
WORDS = ("job_roles", "locations", "regions", "cohorts")


class AudienceForm(SharedForm):
    """A name and the rule. `seen`: the preview somebody agreed to."""

    name = LineField(__("Name"), [InputRequired(__("Give it a name.")), Length(max=LONGEST_NAME, message=TOO_LONG)])
    everybody = BooleanField(__("Everybody who works here"))
    job_roles = TicksField(__("Job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(
        __("Departments with those beneath"), coerce=int, description=__("Nothing ticked here or below: every one.")
    )
    only_departments = TicksField(__("Departments without those beneath"), coerce=int)
    locations = TicksField(__("Locations"), description=__("Nothing ticked: every location."))
    regions = TicksField(__("Regions"), description=__("Nothing ticked: every region."))
    cohorts = TicksField(__("Cohorts"), description=__("Nothing ticked: every cohort."))
    hired_from = DateField(__("Hired from"), [Optional()])
    hired_until = DateField(__("Hired until"), [Optional()])
    hired_within_days = IntegerField(
        __("Hired within so many days"),
        [Optional(), NumberRange(1, 3660, __("Choose between 1 and 3660 days."))],
        description=__("Looked at every day: who has been here longer leaves the audience."),
    )
    include = TextAreaField(
        __("Single people besides"), PEOPLE, description=__("Employee numbers or e-mail addresses, by commas or lines.")
    )
    exclude = TextAreaField(__("Single people never"), PEOPLE)
    seen = HiddenField(validators=[Optional(), Length(max=64)])

    def rule(self) -> AudienceRule:
        """As chosen. Raises RuleBroken for people nobody knows, and for a rule that cannot be."""
        rule = AudienceRule(
            everybody=bool(self.everybody.data),
            who=ForWhom(
                departments=tuple(self.departments.data or ()),
                only_departments=tuple(self.only_departments.data or ()),
                **{name: tuple(self[name].data or ()) for name in WORDS},
            ),
            hired_from=self.hired_from.data,
            hired_until=self.hired_until.data,
            hired_within_days=self.hired_within_days.data,
            include=tuple(_people(self.include)),
            exclude=tuple(_people(self.exclude)),
        )
        rule.check()
        return rule


def audience_form(name: str = "", rule: AudienceRule | None = None) -> AudienceForm:
    """As posted; or, with a name or rule, filled with these. What the rule names can be chosen although retired."""
    values = audience_values(name, rule) if rule is not None else {}
    form = AudienceForm(formdata=None, data=values) if rule is not None else AudienceForm()
    offer_people(form)
    return form


def offer_people(form: Form) -> None:
    """The choices of a form that says who is meant. A word that was chosen stays, although nobody bears it any more."""
    known = offered()
    words = {"job_roles": known.job_roles, "locations": known.locations, "regions": known.regions,
             "cohorts": known.cohorts}  # fmt: skip
    for field, pairs in words.items():
        kept = [value for value in form[field].data or () if len(value) <= 200]
        form[field].choices = choices([*pairs, *((one, one) for one in kept if (one, one) not in pairs)])
    for field in ("departments", "only_departments"):
        form[field].choices = choices(known.departments)


def audience_values(name: str, rule: AudienceRule) -> dict[str, Any]:
    """What the fields of the form hold for a rule as it stands."""
    numbers = people_words(g.viewer, {*rule.include, *rule.exclude})

    def lines(ids: tuple[int, ...]) -> str:
        return "\n".join(numbers[one][0] for one in ids if one in numbers)

    who = {field: list(getattr(rule.who, field)) for field in (*WORDS, "departments", "only_departments")}
    hired = {field: getattr(rule, field) for field in ("hired_from", "hired_until", "hired_within_days")}
    single = {"include": lines(rule.include), "exclude": lines(rule.exclude)}
    return {"name": name, "everybody": rule.everybody, **who, **hired, **single}


def _people(field: TextAreaField) -> list[int]:
    found, unknown = people_named(g.viewer, names_in(field.data or ""))
    if unknown:
        words = N_("Nobody who works here has these: %(names)s.")
        raise RuleBroken(words, field=field.name, names=", ".join(unknown[:10])[:300])
    return found


class TrainingRuleForm(SharedForm):
    """What the audience has to take, from when, by when."""

    target = SelectField(__("What is to be taken"))
    kind = RadioField(__("Due date"), choices=choices(DUE_KINDS), default=DueKind.AFTER_ASSIGNMENT.value)
    days = IntegerField(__("Days"), [Optional(), NumberRange(0, 1825)], default=30)
    working = BooleanField(
        __("Count working days"), description=__("Monday to Friday without the organisation's holidays.")
    )
    on = DateField(__("Day"), [Optional()], description=__("For a fixed day, or to count back from."))
    late_days = IntegerField(
        __("Where that day is over already, they have so many days instead"),
        [Optional(), NumberRange(1, 1825)],
        description=__("Counted from the assignment. Empty: they become an exception that somebody decides."),
    )
    starts_on = DateField(
        __("Counts from"), [InputRequired(__("Choose a day."))], description=__("Nothing is assigned before.")
    )
    whom = RadioField(
        __("Who has to take it"),
        choices=choices(
            {
                "everybody": __("Everybody in the audience now, and whoever joins later"),
                "joiners": __("Only who joins from a day on"),
            }
        ),
        default="everybody",
    )
    joined_from = DateField(__("Joined from"), [Optional()])
    note = TextAreaField(
        __("Note"), [Optional(), Length(max=1000)], description=__("The employee reads it beside the assignment.")
    )

    def facts(self) -> RuleFacts:
        """As chosen. Raises RuleBroken for a due date that gives nobody one."""
        kind = DueKind(self.kind.data)
        due = Due(
            kind,
            days=(self.days.data or 0) if kind in COUNTED else 0,
            working=bool(self.working.data) and kind in COUNTED,
            on=self.on.data if kind in DATED else None,
            late_days=self.late_days.data,
        )
        if kind in COUNTED and self.days.data is None:
            raise RuleBroken(N_("Give a number of days."), field="days")
        if self.whom.data == "joiners" and self.joined_from.data is None:
            raise RuleBroken(N_("Choose the day from which joiners have to take it."), field="joined_from")
        joined_from = self.joined_from.data if self.whom.data == "joiners" else None
        return RuleFacts(due, sure(self.starts_on), joined_from, self.note.data or "")


def training_rule_form(rule: Any = None, *, posted: bool = True) -> TrainingRuleForm:
    """As posted; or as the rule is, or as a new one begins."""
    if posted:
        form = TrainingRuleForm()
    else:
        form = TrainingRuleForm(formdata=None, data=_rule_values(rule) if rule else {"starts_on": today()})
    if rule is not None:  # a rule keeps what it leads to
        form.target.choices = choices([(target_value(rule), rule.target.title)])
        form.target.data = target_value(rule)
    else:
        form.target.choices = _targets()
    return form


def target_value(rule: Any) -> str:
    """As the form has it: 'course-12', 'path-3'."""
    return f"path-{rule.path_id}" if rule.path_id is not None else f"course-{rule.course_id}"


def _targets() -> Any:
    """Courses and paths under their headings, beneath a first line that asks to choose."""
    courses, paths = targets_for_rules(g.viewer)
    offered = {
        _("Courses"): [(f"course-{key}", title) for key, title in courses],
        _("Learning paths"): [(f"path-{key}", title) for key, title in paths],
    }
    first = {_("Nothing chosen yet"): [("", _("Choose a course or a learning path"))]}
    return first | {heading: found for heading, found in offered.items() if found}


def _rule_values(rule: Any) -> dict[str, Any]:
    due = Due.from_json(rule.due)
    return {
        "target": target_value(rule),
        "kind": due.kind.value,
        "days": due.days,
        "working": due.working,
        "on": due.on,
        "late_days": due.late_days,
        "starts_on": rule.starts_on,
        "whom": "joiners" if rule.joined_from else "everybody",
        "joined_from": rule.joined_from,
        "note": rule.note,
    }


class EndingForm(Form):
    """Pausing or ending: what becomes of what is open, and why."""

    open_ones = RadioField(
        __("Assignments that are still open"),
        choices=choices(
            {
                "keep": __("Keep them: whoever has it finishes it"),
                "withdraw": __("Withdraw them: nobody has to finish; what is completed stays"),
            }
        ),
        default="keep",
    )
    reason = StringField(__("Reason"), REASON)


class AnswerDateForm(Form):
    """A due date for those who are ticked."""

    due_on = DateField(__("Due date"), [InputRequired(__("Choose a due date."))])


class AnswerReasonForm(Form):
    """Why those who are ticked need not take it."""

    reason = StringField(__("Reason"), REASON)
