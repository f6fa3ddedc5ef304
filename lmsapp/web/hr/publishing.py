"""Publishing a version of a text, retiring a text and bringing it back (ORG-7)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from flask import Response, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lmsapp.compliance.policies.actions import publish_change
from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.rules import LONGEST_NOTE, Words, difference
from lmsapp.evidence.signatures.written import version_in
from lmsapp.web.dates import today
from lmsapp.web.forms import Form
from lmsapp.web.hr.policies import TOO_LONG, find, head
from lmsapp.web.hr.wing import bp
from lmsapp.web.render import page, to
from lmsapp.web.sessions import LANGUAGES as NAMES
from lmsapp.web.studio.words import choices

if TYPE_CHECKING:
    from lmsapp.evidence.signatures.models import SigningText


class PublishForm(Form):
    """Whether a change asks again, why, and until when."""

    asks = RadioField(
        __("Does the change matter?"),
        choices=choices(
            {
                "again": __("Yes: whoever signed before is asked to sign again"),
                "editorial": __("No, only the wording: earlier signatures still count"),
            }
        ),
        default="again",
    )
    note = TextAreaField(
        __("What changed, or why nobody needs to sign it"),
        [Optional(), Length(max=LONGEST_NOTE, message=TOO_LONG)],
        description=__("Kept with the version."),
    )
    due_on = DateField(__("To be signed again by"), [Optional()])


class ReasonForm(Form):
    """Why."""

    reason = StringField(__("Reason"), [InputRequired(__("Say why.")), Length(max=LONGEST_NOTE, message=TOO_LONG)])


@bp.get("/policies/<int:text_id>/publication")
def new_publication(text_id: int) -> Response:
    """What changed, word by word, and what publishing does."""
    form = PublishForm(formdata=None, data={"asks": "again", "due_on": today() + dt.timedelta(days=30)})
    return publication_page(find(text_id), form)


@bp.post("/policies/<int:text_id>/publication")
def create_publication(text_id: int) -> Response:
    text, form = find(text_id), PublishForm()
    if form.validate():
        with form.rule_errors():
            again = publish_change(
                text,
                by=g.viewer,
                asks_again=form.asks.data == "again",
                note=form.note.data or "",
                due_on=form.due_on.data,
            )
            words = _("Version %(number)s is in force.", number=text.number)
            if again:
                return to(
                    url_for("hr.round", round_id=again.id), said=f"{words} {_('Earlier signers are asked again.')}"
                )
            return to(url_for("hr.policy", text_id=text_id), said=words)
    return publication_page(text, form, 422)


@bp.get("/policies/<int:text_id>/retirement")
def new_retirement(text_id: int) -> Response:
    return page("hr/policies/retire.html", form=ReasonForm(formdata=None), **head(find(text_id)))


@bp.post("/policies/<int:text_id>/retirement")
def create_retirement(text_id: int) -> Response:
    text, form = find(text_id), ReasonForm()
    if form.validate():
        with form.rule_errors():
            ended = texts.retire(text, by=g.viewer, reason=form.reason.data or "")
            said = ngettext(
                "Retired; %(num)s request was withdrawn.", "Retired; %(num)s requests were withdrawn.", ended
            )
            return to(url_for("hr.policy", text_id=text_id), said=said)
    return page("hr/policies/retire.html", status=422, form=form, **head(text))


@bp.post("/policies/<int:text_id>/return")
def create_return(text_id: int) -> Response:
    """A retired text can be signed again."""
    texts.bring_back(find(text_id), by=g.viewer)
    return to(url_for("hr.policy", text_id=text_id), said=_("It can be signed again. Begin a round to ask people."))


def publication_page(text: SigningText, form: PublishForm, status: int = 200) -> Response:
    """The differences of each language that changed."""
    context = head(text)
    changed = []
    for code in context["changed"]:
        before, after = version_in(text, text.number or 0, code, exact=True), context["drafts"].get(code)
        old = Words(before.title, before.meaning, before.body) if before else Words("", "", "")
        new = after or Words("", "", "")
        parts = [(_("Title"), old.title, new.title), (_("What a signature means"), old.meaning, new.meaning),
                 (_("Text"), old.body, new.body)]  # fmt: skip
        pieces = [(label, difference(a, b)) for label, a, b in parts if a != b]
        changed.append((NAMES[code], code, pieces, before is None, after is None))
    return page("hr/policies/publish.html", status=status, form=form, differences=changed, **context)
