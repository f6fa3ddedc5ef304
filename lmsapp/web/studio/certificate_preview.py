"""A certificate as an example: drawn by the very renderer from what stands in a form (CRT-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import Optional

from lmsapp.courses.catalogue.media import Upload, draw_pdf
from lmsapp.infra import clock
from lmsapp.learning.certificates.addresses import verify_address
from lmsapp.learning.certificates.document import Look, Printed, certificate_pdf, look_of, unprintable
from lmsapp.learning.certificates.rules import LONGEST_NAME
from lmsapp.learning.certificates.templates.queries import template_for
from lmsapp.learning.certificates.templates.rules import LANGUAGES, checked
from lmsapp.people.viewer import Viewer
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form, LineField
from lmsapp.web.studio.template_form import LANGUAGE_NAMES, TemplateForm

NAMES: tuple[tuple[str, Any], ...] = (
    ("Maria Schneider", __("A short name")),
    ("Wolfeschlegelsteinhausenbergerdorff-Hohenzollern von und zu Löwenstein", __("A very long name")),
    ("Małgorzata Brzęczyszczykiewicz", __("Polish")),
    ("Χαραλαμπία Κατσαντώνη", __("Greek")),
    ("Богуслава Ґоляш", __("Cyrillic")),
    ("Nguyễn Thị Thảo", __("Vietnamese")),
    ("محمد عبد الرحمن الخطيب", __("Arabic")),
    ("יעל בן־דוד", __("Hebrew")),
    ("王秀华", __("Chinese")),
    ("山田 花子", __("Japanese")),
    ("김민지", __("Korean")),
    ("इन्द्रजित शर्मा", __("Devanagari")),
    ("สมชาย ใจดี", __("Thai")),
    ("გიორგი ბერიძე", __("A script no font has (Georgian)")),
)


class SampleForm(Form):
    """What the example shows. `template` and `version`: whose pictures."""

    template = IntegerField(validators=[Optional()])
    version = IntegerField(validators=[Optional()])
    sample_name = SelectField(
        __("Name"), choices=choices([(name, label) for name, label in NAMES]), default=NAMES[0][0]
    )
    typed_name = LineField(__("Or a name of your own"), [Optional()])
    sample_language = SelectField(__("Language"), choices=choices(LANGUAGE_NAMES), default="en")
    with_score = BooleanField(__("With a score"), default=True)
    with_end = BooleanField(__("With an expiry"), default=True)
    as_path = BooleanField(__("Of a learning path"))

    @property
    def holder(self) -> str:
        """The name to try."""
        typed = " ".join((self.typed_name.data or "").split())[:LONGEST_NAME]
        return typed or (self.sample_name.data if self.sample_name.data in dict(NAMES) else NAMES[0][0])

    def query(self) -> dict[str, Any]:
        """As words of an address."""
        return {
            field.name: "1" if field.type == "BooleanField" else str(field.data)
            for field in self
            if field.data and field.name != "csrf_token"
        }


def standard() -> dict[str, Any]:
    """The example as it begins, as words of an address."""
    return SampleForm(formdata=None).query()


def notes_on(form: TemplateForm, sample: SampleForm) -> list[str]:
    """In words, what will not be printed as it is written. Raises RuleBroken for what may not be saved."""
    design = checked(form.design())
    said = [sample.holder, design.signatory.name, design.second.name, design.signatory.position, design.second.position]
    said += [text for parts in design.wording.values() for text in parts.values()]
    found = [(text, unprintable(text)) for text in said if text]
    return [
        _("No font here has the characters %(found)s. ‘%(text)s’ is printed as ‘%(latin)s’.", found=" ".join(one[0]),
          text=text, latin=one[1])
        for text, one in found
        if one
    ]  # fmt: skip


def drawn(form: TemplateForm, sample: SampleForm, *, picture: bool, viewer: Viewer) -> bytes:
    """A PNG or the PDF of the example. Raises RuleBroken for a design that may not be saved."""
    design, kept = checked(form.design()), Look()
    if sample.template.data and (template := template_for(viewer, sample.template.data)):
        kept = look_of(template.id, min(max(1, sample.version.data or template.version), template.version))
    signatures = (
        None if form.remove_signature.data else kept.signatures[0],
        None if form.remove_second_signature.data else kept.signatures[1],
    )
    look = replace(kept, design=design, logo=None if form.remove_logo.data else kept.logo, signatures=signatures)
    language = sample.sample_language.data if sample.sample_language.data in LANGUAGES else "en"
    pdf = certificate_pdf(example(sample), look, language)
    if not picture:
        return pdf
    _content, pages = draw_pdf(Upload.of(pdf, "example.pdf"))
    return pages[0][0]


def example(sample: SampleForm) -> Printed:
    """A certificate of nobody, of today."""
    today = clock.now().date()
    days = [(today - dt.timedelta(days=back)).isoformat() for back in (60, 30, 0)]
    titles = (_("Safe handling of medicines"), _("Hand hygiene"), _("Talking with patients"))
    path = bool(sample.as_path.data)
    return Printed(
        holder_name=sample.holder,
        title=_("First weeks on the ward") if path else titles[0],
        number=_("EXAMPLE"),
        address=verify_address("example"),
        issued_on=today,
        valid_until=today.replace(month=1, day=15, year=today.year + 2) if sample.with_end.data else None,
        score=Decimal("92.5") if sample.with_score.data and not path else None,
        minutes=90,
        path=path,
        courses=[{"title": title, "completed_on": day} for title, day in zip(titles, days, strict=True)]
        if path
        else (),
    )
