"""Forms of a lesson that is a SCORM package: its ZIP, and when it is done (SCO-1, SCO-3)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lmsapp.courses.packages.rules import LONGEST_COUNTDOWN, DoneWhen, Of, PackageTerms, ScoreOf
from lmsapp.web.forms import Form
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.studio.words import choices

DONE_WHEN: dict[str, Any] = {
    DoneWhen.COMPLETED: __("“completed” or “passed”"),
    DoneWhen.PASSED: __("“passed”; “completed” is not enough"),
    DoneWhen.SCORE: __("a score of at least"),
}
OF: dict[str, Any] = {Of.ALL: __("each has to report it"), Of.ANY: __("any one is enough")}
SCORE_OF: dict[str, Any] = {
    ScoreOf.HIGHEST: __("the highest of its parts"),
    ScoreOf.AVERAGE: __("the average of its parts"),
    ScoreOf.LOWEST: __("the lowest of its parts"),
}


class ZipForm(Form):
    """Another package for a lesson that is there."""

    file = FileField(__("Package"), [FileRequired(__("Choose the ZIP file first."))])


class NewPackageForm(ZipForm):
    """A lesson and its package in one go."""

    title = StringField(
        __("Title"),
        [Optional(), Length(max=200, message=__("At most 200 characters."))],
        description=__("Empty: the title the package gives itself. You can change it later."),
    )
    minutes = IntegerField(__("Expected minutes"), [InputRequired(), NumberRange(0, 600)], default=20)


class TermsForm(SharedForm):
    """When the lesson is done. A package of one part has no `of` and no `score` to choose."""

    done_when = RadioField(__("The lesson is done when the content reports"), choices=choices(DONE_WHEN))
    percent = IntegerField(__("Least score in per cent"), [Optional(), NumberRange(1, 100)], default=80)
    of = RadioField(__("How many parts"), choices=choices(OF), default=Of.ALL.value)
    score = SelectField(__("The score of the lesson is"), choices=choices(SCORE_OF), default=ScoreOf.HIGHEST.value)
    opened_counts = BooleanField(
        __("A part that never reports anything is done when it was opened"),
        description=__("For content that was never made to report. Parts that do report are not touched by it."),
    )
    close_after = IntegerField(
        __("Seconds until the player closes by itself"),
        [InputRequired(), NumberRange(0, LONGEST_COUNTDOWN)],
        default=10,
        description=__("Counted down in view once the content is done, and the learner can stay. 0: never."),
    )

    @classmethod
    def of_terms(cls, terms: PackageTerms) -> TermsForm:
        """As they are kept."""
        return cls(formdata=None, data=terms.as_json())

    def terms(self, before: PackageTerms) -> PackageTerms:
        """What the form states; what it did not ask stays as it was."""
        return PackageTerms(
            done_when=DoneWhen(self.done_when.data),
            percent=self.percent.data or before.percent,
            of=Of(self.of.data) if self.of.raw_data else before.of,
            score=ScoreOf(self.score.data) if self.score.raw_data else before.score,
            opened_counts=self.opened_counts.data,
            close_after=self.close_after.data if self.close_after.data is not None else before.close_after,
        )
