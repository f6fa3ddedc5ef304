"""Policies and documents to sign: the list, one of them, its drafts, publishing a version, retiring it (ORG-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lmsapp.compliance.policies.queries import rounds_of, texts_for
from lmsapp.evidence.audit.timeline import changes_of
from lmsapp.evidence.signatures import texts
from lmsapp.evidence.signatures.rules import (
    LANGUAGES,
    LONGEST_MEANING,
    LONGEST_TITLE,
    MEANING,
    TextKind,
    TextStatus,
    Words,
    difference,
)
from lmsapp.evidence.signatures.written import draft_saved, drafts_of, history_of, text_for, version_in
from lmsapp.infra.markdown import MAX_TEXT, to_html
from lmsapp.web.dates import today
from lmsapp.web.hr.wing import bp
from lmsapp.web.meanwhile import SharedForm
from lmsapp.web.render import fragment, get_or_404, page, to
from lmsapp.web.sessions import LANGUAGES as NAMES
from lmsapp.web.studio.words import choices

if TYPE_CHECKING:
    from lmsapp.evidence.signatures.models import SigningText

KINDS = {TextKind.POLICY.value: __("Policy"), TextKind.ONBOARDING.value: __("Onboarding document")}
TOO_LONG = __("This is too long.")
LONGEST_BODY = Length(max=MAX_TEXT, message=TOO_LONG)


class DraftForm(SharedForm):
    """What is written in one language."""

    title = StringField(
        __("Title"), [InputRequired(__("Give it a title.")), Length(max=LONGEST_TITLE, message=TOO_LONG)]
    )
    body = TextAreaField(
        __("Text"), [LONGEST_BODY], description=__("Markdown: ## heading, **bold**, - list, [words](address).")
    )
    meaning = TextAreaField(
        __("What a signature means"),
        [Length(max=LONGEST_MEANING, message=TOO_LONG)],
        description=__("People tick this sentence; it stands beside their name for good."),
    )

    def words(self) -> Words:
        """As typed."""
        return Words(self.title.data or "", self.meaning.data or "", self.body.data or "")


class NewForm(DraftForm):
    """A text with its kind, and the language it is written in first."""

    kind = SelectField(__("Kind"), choices=choices(KINDS))
    language = SelectField(__("Language"), choices=choices((code, NAMES[code]) for code in LANGUAGES))


@bp.get("/policies")
def policies() -> Response:
    """All of them; retired ones last."""
    return page("hr/policies/list.html", texts=texts_for(g.viewer), kinds=KINDS)


@bp.get("/policies/new")
def new_policy() -> Response:
    form = NewForm(formdata=None, data={"meaning": _(MEANING), "language": g.viewer.language})
    return page("hr/policies/new.html", form=form, body_html="")


@bp.post("/policies/new")
def create_policy() -> Response:
    form = NewForm()
    if form.validate():
        with form.rule_errors():
            text = texts.create_text(form.kind.data, form.language.data, form.words(), by=g.viewer)
            return to(url_for("hr.policy", text_id=text.id), said=_("The draft is kept. Nobody sees it yet."))
    return page("hr/policies/new.html", status=422, form=form, body_html=to_html(form.body.data or ""))


@bp.post("/policies/preview")
def preview_policy() -> Response:
    """What Markdown will look like, while it is written."""
    return fragment("hr/policies/_preview.html", body_html=to_html(request.form.get("body", "")))


@bp.get("/policies/<int:text_id>")
def policy(text_id: int) -> Response:
    """What is in force, what is being written, versions, rounds, and what happened."""
    text = find(text_id)
    return page("hr/policies/one.html", **head(text), rounds=rounds_of(g.viewer, text_id), versions=history_of(text),
                in_force=texts.versions_of(text, text.number), changes=changes_of(texts.KIND, text_id),
                today=today())  # fmt: skip


@bp.get("/policies/<int:text_id>/drafts/<language>")
def draft(text_id: int, language: str) -> Response:
    """One language of what comes next; a new one begins empty."""
    return draft_page(find(text_id), language, stored_draft(text_id, language))


@bp.post("/policies/<int:text_id>/drafts/<language>")
def save_draft(text_id: int, language: str) -> Response:
    text, form = find(text_id), DraftForm()
    stored = stored_draft(text_id, language)
    if form.validate() and not form.changed_meanwhile(stored, (texts.KIND, text_id)):
        with form.rule_errors():
            texts.save_draft(text, language, form.words(), by=g.viewer)
            return to(
                url_for("hr.policy", text_id=text_id), said=_("The draft is kept. What is in force stays as it is.")
            )
    return draft_page(text, language, form, 422)


@bp.post("/policies/<int:text_id>/drafts/<language>/removal")
def remove_draft(text_id: int, language: str) -> Response:
    """The next version is not written in that language."""
    text = find(text_id)
    get_or_404(written_in(text_id, language))
    texts.remove_draft(text, language, by=g.viewer)
    return to(url_for("hr.policy", text_id=text_id), said=_("The next version is written without this language."))


@bp.get("/policies/<int:text_id>/versions/<int:number>")
def version(text_id: int, number: int) -> Response:
    """A version as it was, and what it changed."""
    text = find(text_id)
    found = get_or_404(version_in(text, number, request.args.get("language", "")))
    before = version_in(text, number - 1, found.language, exact=True)
    pieces = difference(before.body, found.body) if before else []
    others = [one.language for one in texts.versions_of(text, number)]
    return page("hr/policies/version.html", text=text, version=found, pieces=pieces, before=before, others=others,
                names=NAMES)  # fmt: skip


def find(text_id: int) -> SigningText:
    """The text, or 404."""
    return get_or_404(text_for(g.viewer, text_id))


def head(text: SigningText) -> dict[str, Any]:
    """What every page of a text shows."""
    drafts = drafts_of(text)
    return {
        "text": text,
        "kind": KINDS[text.kind],
        "drafts": drafts,
        "names": NAMES,
        "missing": [code for code in LANGUAGES if code not in drafts],
        "changed": texts.changed_languages(text) if text.status != TextStatus.RETIRED else [],
    }


def written_in(text_id: int, language: str) -> Words | None:
    """The draft in one language, None where nothing is written yet; 404 for a language nobody writes in."""
    if language not in LANGUAGES:
        abort(404)
    return drafts_of(find(text_id)).get(language)


def stored_draft(text_id: int, language: str) -> DraftForm:
    """The form of one language as it is written so far."""
    given = written_in(text_id, language) or Words("", _(MEANING), "")
    form = DraftForm(formdata=None, data={"title": given.title, "meaning": given.meaning, "body": given.body})
    form.saved = draft_saved(text_id, language)
    return form


def draft_page(text: SigningText, language: str, form: DraftForm, status: int = 200) -> Response:
    """The form with its preview."""
    body_html = to_html(form.body.data or "")
    return page("hr/policies/draft.html", status=status, form=form, language_code=language, body_html=body_html,
                **head(text))  # fmt: skip
