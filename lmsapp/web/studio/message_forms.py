"""The form of message texts: both languages beside each other, and whose message the example shows (REM-2)."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import IntegerField, SelectField, TextAreaField
from wtforms.validators import Optional

from lmsapp.assignments.queries import open_assignments_of
from lmsapp.assignments.rules import display_number
from lmsapp.infra import clock
from lmsapp.outreach.texts.drafts import shipped_words, specimen
from lmsapp.outreach.texts.kinds import LANGUAGES, WITH_SUBJECT, Kind
from lmsapp.outreach.texts.queries import text_in_force
from lmsapp.outreach.texts.rules import LONGEST_BODY, LONGEST_SUBJECT, Words
from lmsapp.web.forms import Form, LineField

OF_AN_ASSIGNMENT = frozenset({"training_assigned", "training_reminder", "training_overdue"})
SPECIMEN = "specimen"


class MessageForm(Form):
    """`*_seen`: which text held when the page was opened, so that nobody overwrites another's. `sent`: what became
    of a test, in words."""

    sent = ""

    en_subject = LineField(__("Subject"))
    en_body = TextAreaField(__("Text"))
    en_seen = IntegerField(validators=[Optional()])
    es_subject = LineField(__("Subject"))
    es_body = TextAreaField(__("Text"))
    es_seen = IntegerField(validators=[Optional()])
    sample = SelectField(__("The example shows"), validate_choice=False)

    def words(self, language: str) -> Words:
        """What was written in that language."""
        return Words(self[f"{language}_subject"].data or "", self[f"{language}_body"].data or "")


def form_of(kind: Kind, moment: str, channel: str, *, sent: bool, sample: str = SPECIMEN) -> MessageForm:
    """As sent; else with what holds, or with what ships where nothing else does."""
    if sent:
        form = MessageForm()
    else:
        given: dict[str, Any] = {"sample": sample}
        for language in LANGUAGES:
            row = text_in_force((kind.template, moment, channel, language))
            words = Words(row.subject, row.body) if row else shipped_words(kind, moment, channel, language)
            given |= {f"{language}_subject": words.subject, f"{language}_body": words.body}
            given[f"{language}_seen"] = row.id if row else 0
        form = MessageForm(formdata=None, **given)
    form.sample.choices = samples(kind)
    return form


def samples(kind: Kind) -> list[tuple[str, str]]:
    """A specimen, and the viewer's own open assignments where the message is about one."""
    own = open_assignments_of(g.viewer, clock.now())[:20] if kind.template in OF_AN_ASSIGNMENT else ()
    return [(SPECIMEN, _("Somebody made up")), *((str(row.id), _("You: %(title)s", title=row.title)) for row in own)]


def values_of(kind: Kind, moment: str, sample: str) -> dict[str, Any]:
    """Whose message it is: of nobody, or of an own assignment."""
    if sample.isdecimal() and kind.template in OF_AN_ASSIGNMENT:
        now = clock.now()
        row = next((one for one in open_assignments_of(g.viewer, now) if str(one.id) == sample), None)
        if row is not None:
            return _own(row, specimen(kind, moment))
    return specimen(kind, moment)


def has_subject(channel: str) -> bool:
    """Whether a message by that channel shows one."""
    return channel in WITH_SUBJECT


def limits(channel: str) -> dict[str, int]:
    """Most characters, for the fields."""
    return {"subject": LONGEST_SUBJECT, "body": LONGEST_BODY[channel]}


def _own(row: Any, made_up: dict[str, Any]) -> dict[str, Any]:
    return {
        **made_up,
        "name": g.viewer.name,
        "employee_id": g.viewer.employee_id,
        "title": row.title,
        "number": display_number(row.id),
        "due_on": row.due_on,
        "days_left": (row.due_on - clock.today(g.viewer.zone)).days,
        "progress": row.progress,
        "done_lessons": row.done_lessons,
        "lesson_count": row.lesson_count,
        "link": f"/learn/courses/{row.course_id}{f'/lessons/{row.lesson_id}' if row.lesson_id else ''}",
    }
