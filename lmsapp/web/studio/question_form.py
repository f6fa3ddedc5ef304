"""The form of a question, one for each kind (QIZ-1). What was typed comes back as it was; rules check what it means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.courses.quizzes import composing
from lmsapp.courses.quizzes.composing import Content
from lmsapp.courses.quizzes.rules import MAX_ACCEPTED, MAX_MATCHES, MAX_OPTIONS, QuestionKind
from lmsapp.courses.tasks.rules import MOST_ROWS, read_points
from lmsapp.web.dates import figure
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.forms import TopicsField, sure
from lmsapp.web.studio.rows_field import ChoicesField, RowsField
from lmsapp.web.studio.task_form import PARTS, typed
from lmsapp.web.studio.words import choices

ALL_OR_SHARE: dict[str, Any] = {
    "all": __("All the points for exactly the right answer, otherwise none"),
    "each": __("A share of the points for what is right"),
}
TEXTS = [Optional(), Length(max=4000)]


class QuestionForm(SharedForm):
    """What every kind has. A subclass adds what is asked, and says what it comes to."""

    kind: ClassVar[str] = ""
    lists: ClassVar[tuple[str, ...]] = ()  # fields of rows

    prompt = TextAreaField(__("Question"), [InputRequired(__("Write the question.")), Length(max=4000)])
    explanation = TextAreaField(
        __("Explanation"), TEXTS, description=__("Shown together with the right answer: why is it right?")
    )
    points = DecimalField(
        __("Points"), [InputRequired(), NumberRange(min=0.01, max=1000)], default=Decimal(1), places=None
    )
    source_lesson_id = SelectField(__("Which lesson answers it"), coerce=int, default=0)
    tags = TopicsField(
        __("Tags"),
        [Optional()],
        description=__(
            "The concepts it is about, with commas between. Whoever fails twice is shown the ones they missed."
        ),
    )

    def content(self, known: Any = None) -> Content:
        """(options, detail). `known`: the question as it is stored. Raises RuleBroken for what cannot be read."""
        raise NotImplementedError

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """What of its kind is stored, as it is typed."""
        raise NotImplementedError

    def change_rows(self, wanted: str) -> str:
        """'add:options', 'drop:options:2', 'up:options:1': do it; the id that takes the focus."""
        step, _colon, rest = wanted.partition(":")
        name, _colon, place = rest.partition(":")
        if name not in self.lists:
            return ""
        field: Any = self[name]
        return str(field.change(step, int(place) if place.isdecimal() and len(place) < 4 else -1))


class SingleForm(QuestionForm):
    """One right answer."""

    kind = QuestionKind.SINGLE
    lists = ("options",)
    options = ChoicesField(__("Answers"), begin=4, most=MAX_OPTIONS)

    def content(self, known: Any = None) -> Content:
        """As written."""
        return composing.choice(self.options.written())

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        return {"options": list(question.options), "scoring": question.detail.get("scoring", "all")}


class MultipleForm(SingleForm):
    """Several right answers."""

    kind = QuestionKind.MULTIPLE
    scoring = RadioField(__("How it is scored"), choices=choices(ALL_OR_SHARE), default="all")

    def content(self, known: Any = None) -> Content:
        """With how they are scored."""
        return composing.choice(self.options.written(), self.scoring.data or "all")


class TrueFalseForm(SingleForm):
    """A statement that is true or not."""

    kind = QuestionKind.TRUE_FALSE
    options = ChoicesField(__("Answers"), begin=2, most=2, fixed=True)


class ShortForm(QuestionForm):
    """A few words to type."""

    kind = QuestionKind.SHORT
    lists = ("accepted",)
    accepted = RowsField(__("Accepted answers"), ("text", "percent"), begin=2, most=MAX_ACCEPTED)
    case = BooleanField(__("Upper and lower case must be right"))

    def content(self, known: Any = None) -> Content:
        """Every accepted text with what it is worth."""
        return composing.short(self.accepted.written(), case=bool(self.case.data))

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        return {"accepted": list(question.detail["accepted"]), "case": question.detail.get("case", False)}


class NumericForm(QuestionForm):
    """A number to type."""

    kind = QuestionKind.NUMERIC
    lists = ("accepted",)
    accepted = RowsField(__("Accepted values"), ("value", "tolerance", "percent"), begin=1, most=MAX_ACCEPTED)
    unit = StringField(
        __("Unit"),
        [Optional(), Length(max=20)],
        description=__("Shown behind the field, for example ml. Typing it does no harm."),
    )

    def content(self, known: Any = None) -> Content:
        """Every accepted value with its tolerance and what it is worth."""
        return composing.numeric(self.accepted.written(), self.unit.data or "")

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        return {"accepted": list(question.detail["accepted"]), "unit": question.detail.get("unit", "")}


class MatchingForm(QuestionForm):
    """Pairs to be found."""

    kind = QuestionKind.MATCHING
    lists = ("options", "matches")
    options = RowsField(__("Pairs"), ("key", "text", "match_key", "match"), begin=3, most=MAX_OPTIONS)
    matches = RowsField(__("More to choose from, that matches nothing"), ("key", "text"), begin=1, most=MAX_MATCHES - 2)
    scoring = RadioField(__("How it is scored"), choices=choices(ALL_OR_SHARE), default="each")

    def content(self, known: Any = None) -> Content:
        """Pairs and distractors."""
        return composing.matching(self.options.written(), self.matches.written(), self.scoring.data or "each")

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        pairs, extras = composing.pair_rows(question.options, question.detail)
        return {"options": pairs, "matches": extras, "scoring": question.detail.get("scoring", "each")}


class OrderingForm(QuestionForm):
    """Items to bring into order."""

    kind = QuestionKind.ORDERING
    lists = ("options",)
    options = RowsField(__("Items, in the right order"), ("key", "text"), begin=3, most=MAX_OPTIONS)
    scoring = RadioField(__("How it is scored"), choices=choices(ALL_OR_SHARE), default="all")

    def content(self, known: Any = None) -> Content:
        """The items as they stand."""
        return composing.ordering(self.options.written(), self.scoring.data or "all")

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        return {"options": list(question.options), "scoring": question.detail.get("scoring", "all")}


class OpenForm(QuestionForm):
    """An answer in one's own words, graded by hand."""

    kind = QuestionKind.OPEN
    lists = ("rubric",)
    rubric = RowsField(__("Rubric"), PARTS, begin=1, most=MOST_ROWS)
    sample = TextAreaField(
        __("Model answer"), TEXTS, description=__("For graders, and for learners once answers are shown.")
    )
    min_words = IntegerField(__("Least words"), [Optional(), NumberRange(1, 5000)])
    max_words = IntegerField(__("Most words"), [Optional(), NumberRange(1, 5000)])

    def rubric_points(self) -> Decimal:
        """What its criteria give together, as far as they can be read."""
        return sum((read_points(str(row["points"])) or Decimal(0) for row in self.rubric.written()), Decimal(0))

    def content(self, known: Any = None) -> Content:
        """Rubric, model answer, length."""
        keys = [row["key"] for row in (known.detail.get("rubric", ()) if known is not None else ())]
        words = (self.min_words.data, self.max_words.data)
        return composing.written_open(self.rubric.written(), self.sample.data or "", *words, known=keys)

    @classmethod
    def typed(cls, question: Any) -> dict[str, Any]:
        """As stored."""
        detail = question.detail
        rubric = [typed(row) for row in composing.rubric_of(detail)]
        plain = {name: detail.get(name) for name in ("sample", "min_words", "max_words")}
        return {"rubric": rubric, **plain}


FORMS: dict[str, type[QuestionForm]] = {
    one.kind: one
    for one in (
        SingleForm,
        MultipleForm,
        TrueFalseForm,
        ShortForm,
        NumericForm,
        MatchingForm,
        OrderingForm,
        OpenForm,
    )
}
COMMON = ("prompt", "explanation", "points", "source_lesson_id", "tags")


def empty_form(kind: str, prefix: str) -> QuestionForm:
    """For a new question, or with what was sent."""
    form = FORMS[kind](prefix=prefix)
    if isinstance(form, TrueFalseForm) and not form.options.data:
        true = {"key": "a", "text": _("True"), "correct": True}
        form.options.data = [true, {"key": "b", "text": _("False"), "correct": False}]
    return form


def form_of(question: Any, prefix: str, **sent: Any) -> QuestionForm:
    """As the question stands; what was sent goes first. `sent`: formdata=None where it is not to be read."""
    cls = FORMS[question.kind]
    common = {name: getattr(question, name) for name in COMMON}
    common["points"] = Decimal(figure(question.points))
    return cls(prefix=prefix, data={**common, **cls.typed(question)}, **sent)


def rest_of(form: QuestionForm) -> dict[str, Any]:
    """What a question has beside what it asks."""
    return {
        "explanation": form.explanation.data or "",
        "points": sure(form.points),
        "source_lesson_id": form.source_lesson_id.data or None,
        "tags": form.tags.data or [],
    }
