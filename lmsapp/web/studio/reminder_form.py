"""The form of a reminder policy: rows of steps that read as sentences, each a number, a moment, a reader and ways."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from lmsapp.assignments.policies.checks import CHANNELS, LONGEST_NAME, MOST_STEPS
from lmsapp.assignments.policies.rules import STANDARD, Moment, Policy, Step, ToWhom
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.rows_field import Row, RowsField
from lmsapp.web.studio.words import choices

TYPED = ("moment", "amount", "to_whom", "every", "most")
TICKS = (*CHANNELS, "mandatory")
LONGEST_NUMBER = 6
AS = (("new", __("New training")), ("renewal", __("Renewal of a certification")))


class StepsField(RowsField):
    """Rows of steps; a tick carries the number of its row: `steps-email` = '2'."""

    def __init__(self, label: Any, **more: Any):
        super().__init__(label, TYPED, begin=1, most=MOST_STEPS, **more)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """What is typed, and what is ticked in each row."""
        super().process(formdata, data, extra_filters)
        if formdata and formdata.getlist(f"{self.name}-moment"):
            ticked = {one: set(formdata.getlist(f"{self.name}-{one}")) for one in TICKS}
            for place, row in enumerate(self.data):
                row.update({one: str(place) in ticked[one] for one in TICKS})

    def empty(self) -> Row:
        """A step most policies have."""
        return row_of(Step(Moment.BEFORE_DUE, 7))

    def steps(self) -> tuple[Step, ...]:
        """What the rows say. Raises RuleBroken naming the step that cannot be read."""
        return tuple(_step(row, number) for number, row in enumerate(self.data, 1))


class PolicyForm(SharedForm):
    """A policy, and the due date of its preview."""

    asked_once = frozenset({"preview_due", "preview_as"})

    name = StringField(__("Name"), [Length(max=LONGEST_NAME)])
    steps = StepsField(__("Steps"))
    working_days = BooleanField(
        __("Only on working days"),
        description=__(
            "What falls on a weekend or holiday goes out the working day before; after the due date, the next."
        ),
    )
    digest_allowed = BooleanField(
        __("Learners may have these reminders in one e-mail a day"), description=__("Each chooses in their account.")
    )
    preview_due = DateField(__("Due date"), [Optional()])
    preview_as = SelectField(__("As"), choices=choices(AS), default="new")

    def policy(self) -> Policy:
        """As it stands in the form. Raises RuleBroken."""
        return Policy(
            self.name.data or "",
            self.steps.steps(),
            working_days=bool(self.working_days.data),
            digest_allowed=bool(self.digest_allowed.data),
        )


def form_of(policy: Policy | None) -> PolicyForm:
    """Filled from a policy; a new one begins as the one that ships."""
    shown = policy or Policy("", STANDARD.steps)
    return PolicyForm(
        formdata=None,
        data={
            "name": shown.name,
            "steps": [row_of(step) for step in shown.steps],
            "working_days": shown.working_days,
            "digest_allowed": shown.digest_allowed,
        },
    )


def row_of(step: Step) -> Row:
    """A step as its row."""
    amount = step.hours if step.moment is Moment.STALLED else step.days
    return {
        "moment": step.moment.value,
        "amount": "" if step.moment is Moment.ON_DUE else str(amount),
        "to_whom": step.to_whom.value,
        "every": str(step.every) if step.every else "",
        "most": str(step.most) if step.every else "",
        "mandatory": step.mandatory,
        **{one: one in step.channels for one in CHANNELS},
    }


def _step(row: Row, number: int) -> Step:
    try:
        moment, whom = Moment(row["moment"]), ToWhom(row["to_whom"])
    except ValueError:
        raise RuleBroken(N_("Step %(n)s: choose when and to whom."), field="steps", n=number) from None
    amount, every, most = (_number(row, part, number) for part in ("amount", "every", "most"))
    stalled = moment is Moment.STALLED
    return Step(
        moment,
        0 if stalled else amount,
        whom,
        tuple(one for one in CHANNELS if row.get(one)),
        bool(row.get("mandatory")),
        every,
        most if every else 1,
        amount if stalled else 0,
    )


def _number(row: Row, part: str, number: int) -> int:
    text = str(row.get(part) or "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > LONGEST_NUMBER:
        raise RuleBroken(N_("Step %(n)s: write whole numbers."), field="steps", n=number)
    return int(text)
