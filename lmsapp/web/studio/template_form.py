"""The form of a certificate template, and from it a design (CRT-2)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from lmsapp.learning.certificates.templates.actions import Picture, Pictures
from lmsapp.learning.certificates.templates.queries import TemplateView
from lmsapp.learning.certificates.templates.rules import (
    COLOURS,
    LANGUAGES,
    TEAL,
    Border,
    Design,
    Page,
    Signatory,
    Turn,
)
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form, LineField
from lmsapp.web.studio.forms import TITLE, sent_file

OWN = "own"
PARTS: dict[str, Any] = {
    "heading": __("Heading"),
    "lead_in": __("Before the name"),
    "sentence": __("After the name"),
    "foot": __("At the foot"),
}
LANGUAGE_NAMES: dict[str, Any] = {"en": __("English"), "es": __("Spanish")}
PICTURES = ("logo", "signature", "second_signature")
SHORT = [Optional(), Length(max=200)]
PICTURE_HINT = __("PNG, JPEG or SVG, up to 2 MB. Drawn anew on white before it is kept.")


class TemplateForm(Form):
    """Everything but the wording, whose fields are added below: one for each language and part."""

    title = StringField(__("Title"), TITLE, description=__("For those who choose it; certificates do not show it."))
    seen = IntegerField(validators=[Optional()], widget=HiddenInput())
    page = RadioField(
        __("Paper"), choices=choices({Page.A4.value: "A4", Page.LETTER.value: "Letter"}), default=Page.A4.value
    )
    turn = RadioField(
        __("How it lies"),
        choices=choices({Turn.LANDSCAPE.value: __("Landscape"), Turn.PORTRAIT.value: __("Portrait")}),
        default=Turn.LANDSCAPE.value,
    )
    border = RadioField(
        __("Border"),
        choices=choices(
            {
                Border.CLASSIC.value: __("Double rule with corners"),
                Border.LINE.value: __("One rule"),
                Border.BAND.value: __("Bands of colour"),
                Border.NONE.value: __("None"),
            }
        ),
        default=Border.CLASSIC.value,
    )
    colour = RadioField(
        __("Colour"),
        choices=choices({**{value: __(name) for value, name in COLOURS.items()}, OWN: __("Another one")}),
        default=TEAL,
    )
    own_colour = StringField(
        __("Another colour"), SHORT, description=__("# and six digits. Dark enough to be read on white.")
    )
    logo = FileField(__("Logo"), description=PICTURE_HINT)
    remove_logo = BooleanField(__("Take the logo away"))
    signatory_name = LineField(__("Name"), SHORT)
    signatory_position = LineField(__("Position"), SHORT)
    signature = FileField(__("Picture of the signature"), description=PICTURE_HINT)
    remove_signature = BooleanField(__("Take the picture away"))
    second_name = LineField(__("Name"), SHORT)
    second_position = LineField(__("Position"), SHORT)
    second_signature = FileField(__("Picture of the signature"), description=PICTURE_HINT)
    remove_second_signature = BooleanField(__("Take the picture away"))

    def design(self) -> Design:
        """As it stands in the form; the rules look at it later. What is no choice of the list is the standard one."""
        return Design(
            page=_one_of(Page, self.page.data, Page.A4),
            turn=_one_of(Turn, self.turn.data, Turn.LANDSCAPE),
            border=_one_of(Border, self.border.data, Border.CLASSIC),
            colour=self.colour.data if self.colour.data in COLOURS else self.own_colour.data or "",
            signatory=Signatory(self.signatory_name.data or "", self.signatory_position.data or ""),
            second=Signatory(self.second_name.data or "", self.second_position.data or ""),
            wording={
                language: {part: self[f"{language}_{part}"].data or "" for part in PARTS} for language in LANGUAGES
            },
        )

    def query(self) -> dict[str, Any]:
        """The same as words of an address, for the picture; pictures stay behind."""
        left_out = {"csrf_token", "title", "seen", *PICTURES}
        return {
            field.name: "1" if field.type == "BooleanField" else str(field.data)
            for field in self
            if field.name not in left_out and field.data
        }


for _language in LANGUAGES:
    for _part, _label in PARTS.items():
        setattr(TemplateForm, f"{_language}_{_part}", LineField(_label, [Optional(), Length(max=600)]))


def _one_of(kind: Any, value: Any, standard: Any) -> Any:
    return kind(value) if value in set(kind) else standard


def blank() -> TemplateForm:
    """To begin with."""
    return TemplateForm(formdata=None)


def filled_from(view: TemplateView) -> TemplateForm:
    """As a version stands."""
    design = view.design
    known = design.colour in COLOURS
    words = {f"{lang}_{part}": design.words(lang, part) for lang in LANGUAGES for part in PARTS}
    return TemplateForm(
        formdata=None,
        data={
            "title": view.title,
            "seen": view.version,
            "page": design.page.value,
            "turn": design.turn.value,
            "border": design.border.value,
            "colour": design.colour if known else OWN,
            "own_colour": "" if known else design.colour,
            "signatory_name": design.signatory.name,
            "signatory_position": design.signatory.position,
            "second_name": design.second.name,
            "second_position": design.second.position,
            **words,
        },
    )


def pictures_sent(form: TemplateForm) -> Pictures:
    """What is to become of each picture."""
    return {f"{name}_id": Picture(sent_file(name), bool(form[f"remove_{name}"].data)) for name in PICTURES}
