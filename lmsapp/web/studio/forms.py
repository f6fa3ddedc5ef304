"""Forms of authoring. They check shape; what a course or a quiz may be is for the rules."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput, TextInput

from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.rules import CURRENCIES
from lmsapp.web import fields
from lmsapp.web.forms import Form
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.programme_words import PROGRAMMES
from lmsapp.web.studio.words import ANSWERS_SHOWN, COURSE_LANGUAGES, LESSON_KINDS, choices

sure, TicksField = fields.sure, fields.TicksField  # the studio's views take them from here
TITLE = [InputRequired(__("Give it a title.")), Length(max=200, message=__("At most 200 characters."))]


def sent_file(name: str) -> Upload | None:
    """The file sent under that name, or None where none was chosen."""
    sent = request.files.get(name)
    return Upload(sent.stream, sent.filename) if sent is not None and sent.filename else None  # type: ignore[arg-type]


class TopicsField(Field):
    """Words with commas between, as a list."""

    widget = TextInput()

    def _value(self) -> str:
        return ", ".join(self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """From what was typed."""
        self.data = [one.strip() for one in (valuelist[0] if valuelist else "").split(",") if one.strip()]


class CourseForm(SharedForm):
    """What a course is called, and how long completing it counts."""

    title = StringField(__("Title"), TITLE)
    summary = TextAreaField(
        __("Summary"),
        [Optional(), Length(max=2000)],
        description=__("What it asks of people, in one or two sentences."),
    )
    kind = SelectField(__("Programme"), choices=choices(PROGRAMMES))
    language = SelectField(__("Language of the content"), choices=choices(COURSE_LANGUAGES))
    citation = StringField(__("Law or standard behind it"), [Optional(), Length(max=200)])
    mandatory = BooleanField(__("Mandatory"))
    job_roles = TicksField(__("Mandatory for these job roles"), description=__("Nothing ticked: every job role."))
    departments = TicksField(
        __("Mandatory for these departments"),
        coerce=int,
        description=__("With those beneath. Nothing ticked: every department."),
    )
    locations = TicksField(__("Mandatory at these locations"), description=__("Nothing ticked: every location."))
    onboarding_due_days = IntegerField(
        __("New people have so many days"),
        [Optional(), NumberRange(1, 365)],
        description=__("Counted from the start of their onboarding. Empty: as the organisation has set."),
    )
    in_order = BooleanField(
        __("Lessons are taken in order"), description=__("Each lesson opens when the one before it is done.")
    )
    self_enroll = BooleanField(__("People may enroll themselves"), default=True)
    validity_months = IntegerField(
        __("Valid for (months)"),
        [Optional(), NumberRange(1, 240)],
        description=__("Counted from completion. Empty: it never expires."),
    )
    renewal_months = IntegerField(
        __("Renewing begins after (months)"),
        [Optional(), NumberRange(1, 240)],
        description=__("For example 11 where it is valid for 12."),
    )

    topics = TopicsField(
        __("Topics"),
        [Optional()],
        description=__("What it is about, with commas between: people find it and filter by them. At most 8."),
    )
    price = DecimalField(
        __("Price"),
        [Optional()],
        places=2,
        description=__("Empty: it costs nothing. Otherwise it stays locked until it is paid or waived."),
    )
    currency = SelectField(
        __("Currency"), choices=[SelectChoice(one, one) for one in CURRENCIES], default=CURRENCIES[0]
    )


class TitleForm(Form):
    """A title alone: a chapter."""

    title = StringField(__("Title"), TITLE)


class QuickForm(TitleForm):
    """A lesson by its title and kind."""

    kind = SelectField(__("Kind"), choices=choices(LESSON_KINDS))


class LessonForm(Form):
    """Every kind of lesson; the page shows what its kind has."""

    title = StringField(__("Title"), TITLE)
    body = TextAreaField(__("Text"), [Optional(), Length(max=100_000)])
    minutes = IntegerField(__("Expected minutes"), [InputRequired(), NumberRange(0, 600)], default=5)
    min_seconds = IntegerField(
        __("Least active seconds"),
        [InputRequired(), NumberRange(0, 7200)],
        default=30,
        description=__("Only then can it be marked as done."),
    )
    share = IntegerField(__("Share to be seen, in per cent"), [InputRequired(), NumberRange(1, 100)], default=90)
    upload = FileField(__("File"))
    captions = FileField(__("Captions"))
    poster = FileField(__("Poster"))
    revision = HiddenField()
    seconds = IntegerField(
        __("Length in seconds"),
        [Optional(), NumberRange(1, 21_600)],
        description=__("Only where the file does not say it."),
    )


class RemovalForm(Form):
    """Which file goes, by its name in the text."""

    name = HiddenField()


class ResourceForm(Form):
    """A file or a link under a lesson. `key` names one that is there."""

    key = IntegerField(validators=[Optional()], widget=HiddenInput())
    title = StringField(__("Title"), [Optional(), Length(max=200, message=__("At most 200 characters."))])
    address = StringField(
        __("Address of a page"), [Optional(), Length(max=2000)], description=__("Beginning with https://.")
    )
    upload = FileField(__("Or a file"))


class QuizForm(SharedForm):
    """Settings of a quiz."""

    title = StringField(__("Title"), TITLE)
    minutes_expected = IntegerField(__("Expected minutes"), [InputRequired(), NumberRange(0, 600)], default=10)
    passing_percent = IntegerField(__("Passing score in per cent"), [InputRequired(), NumberRange(1, 100)], default=80)
    max_attempts = IntegerField(
        __("Attempts allowed"), [Optional(), NumberRange(1, 100)], description=__("Empty: no limit.")
    )
    minutes = IntegerField(
        __("Time limit in minutes"), [Optional(), NumberRange(1, 600)], description=__("Empty: no limit.")
    )
    wait_minutes = IntegerField(
        __("Minutes between attempts"),
        [Optional(), NumberRange(1, 43_200)],
        description=__("A day has 1440. Empty: the next attempt may begin at once."),
    )
    negative_percent = IntegerField(
        __("Per cent taken off for a wrong answer"),
        [Optional(), NumberRange(0, 100)],
        default=0,
        description=__("Of the points of the question. No answer costs nothing, and the total never falls below 0."),
    )
    show_answers = SelectField(
        __("Right answers are shown"),
        choices=choices(ANSWERS_SHOWN),
        description=__("With their explanations, to the learner who took the attempt."),
    )
    shuffle = BooleanField(__("Questions and options in a different order each time"), default=True)
    practice = BooleanField(
        __("This is practice"),
        description=__(
            "It counts for nothing and completes no course; each answer is shown right after its question, "
            "and it can be taken as often as one likes."
        ),
    )


class PublicationForm(Form):
    """What publishing asks of those who take the course."""

    learners = RadioField(
        __("Who is in the middle of it"),
        choices=choices({"stay": __("finishes what they began"), "move": __("goes on in the new version")}),
        default="stay",
        filters=[lambda sent: sent or "stay"],
    )
    completed = RadioField(
        __("Who has completed it"),
        choices=choices({"stand": __("has completed it; nothing is asked"), "again": __("takes it again by a date")}),
        default="stand",
        filters=[lambda sent: sent or "stand"],
    )
    due_on = DateField(__("To be taken again by"), [Optional()])
    reason = StringField(
        __("Reason"),
        [Optional(), Length(max=500)],
        description=__("For those who take it again, and for the audit trail."),
    )

    def asked(self) -> dict[str, Any]:
        """For `learning.versions.actions.ask_learners`."""
        return {
            "moves_learners": self.learners.data == "move",
            "asks_again": self.completed.data == "again",
            "due_on": self.due_on.data,
            "reason": self.reason.data or "",
        }


class ReasonForm(Form):
    """A reason alone."""

    reason = StringField(__("Reason"), [Optional(), Length(max=500)])
