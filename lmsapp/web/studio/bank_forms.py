"""Forms of pools, draws, and of what is done with several questions."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as __
from wtforms import DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.web.fields import TicksField
from lmsapp.web.forms import Form
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.forms import TITLE, TopicsField
from lmsapp.web.studio.words import choices

HOW = {"copy": __("Copy: they stay where they are"), "move": __("Move: they are taken out of where they are")}


class PoolForm(SharedForm):
    """A pool."""

    title = StringField(__("Name"), TITLE)
    description = TextAreaField(
        __("Description"),
        [Optional(), Length(max=2000)],
        description=__("What its questions are about, and for whom they were written."),
    )
    course_id = SelectField(
        __("For"),
        coerce=int,
        default=0,
        description=__("A pool for all courses: every author may draw from it, you and moderators change it."),
    )


class DrawForm(SharedForm):
    """What a quiz draws from a pool."""

    pool_id = SelectField(__("Pool"), coerce=int)
    count = IntegerField(__("How many"), [InputRequired(), NumberRange(1, 500)], default=5)
    points = DecimalField(
        __("Points each"), [InputRequired(), NumberRange(min=0.01, max=1000)], default=Decimal(1), places=None
    )
    tag = StringField(
        __("Only with the tag"), [Optional(), Length(max=60)], description=__("Empty: any question of the pool.")
    )


class TagsForm(Form):
    """Tags for several questions."""

    add = TopicsField(__("Tags to add"), [Optional()], description=__("With commas between."))
    take = TicksField(__("Tags to take away"))


class ToPoolForm(Form):
    """Several questions into a pool."""

    pool_id = SelectField(__("Pool"), coerce=int)
    how = RadioField(__("How"), choices=choices(HOW), default="copy")


class ToQuizForm(Form):
    """Several questions into a quiz."""

    lesson_id = SelectField(__("Quiz"), coerce=int)


class RenameTagForm(Form):
    """Another name for a tag."""

    tag = SelectField(__("Tag"))
    into = StringField(__("New name"), [InputRequired(__("Give it another name.")), Length(max=60)])
