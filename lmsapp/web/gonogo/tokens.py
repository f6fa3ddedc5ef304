"""Access tokens of one's own: made, shown once, revoked (REP-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange

from lmsapp.infra import clock
from lmsapp.insight.gonogo.queries import checklist_for, checklist_names
from lmsapp.people.roles import May, Reach
from lmsapp.people.tokens.actions import make_token, revoke_token
from lmsapp.people.tokens.queries import own_token, tokens_of
from lmsapp.people.tokens.rules import LONGEST_DAYS, LONGEST_NAME, Scope, What, state_of
from lmsapp.web.fields import choices
from lmsapp.web.forms import Form, LineField, NothingForm
from lmsapp.web.gates import needs
from lmsapp.web.gonogo.keeping import MAKERS
from lmsapp.web.gonogo.wing import bp
from lmsapp.web.render import get_or_404, page, to

USUAL_DAYS = 90
DAYS = __("Give a number of days from 1 to %(most)s.", most=LONGEST_DAYS)
OWNERS = (*MAKERS, May.CONFIGURE)


class TokenForm(Form):
    """What it is for, what it opens, how long."""

    name = LineField(
        __("What it is for"),
        [InputRequired(__("Say what the token is for, like 'Build server'.")), Length(max=LONGEST_NAME)],
    )
    scope = SelectField(__("What it opens"), coerce=int)
    days = IntegerField(
        __("Works for (days)"),
        [InputRequired(DAYS), NumberRange(1, LONGEST_DAYS, DAYS)],
    )


@bp.get("/tokens")
@needs(*OWNERS, reach=Reach.OWN)
def tokens() -> Response:
    """One's own, and a form for another one; the address may name the checklist."""
    wanted = request.args.get("checklist", 0, int)
    return _page(_form(formdata=None, data={"days": USUAL_DAYS, "scope": wanted}))


@bp.post("/tokens")
@needs(*OWNERS, reach=Reach.OWN)
def create_token() -> ResponseReturnValue:
    """Shown here and never again."""
    form = _form()
    if form.validate():
        with form.rule_errors():
            subject = form.scope.data or None
            if subject is not None:
                get_or_404(checklist_for(g.viewer, subject))
            scopes = [Scope(What.GO_NO_GO, subject)]
            made, whole = make_token(form.name.data or "", scopes, form.days.data or 0, by=g.viewer)
            fresh = _form(formdata=None, data={"days": USUAL_DAYS})
            return _page(fresh, made=made, whole=whole, example=_example(whole, subject))
    return _page(form)


@bp.post("/tokens/<int:token_id>/end")
@needs(*OWNERS, reach=Reach.OWN)
def end_token(token_id: int) -> ResponseReturnValue:
    """It opens nothing any more."""
    token = get_or_404(own_token(g.viewer, token_id))
    if NothingForm().validate():
        revoke_token(token, by=g.viewer)
    return to(url_for("gonogo.tokens"), said=_("“%(name)s” opens nothing any more.", name=token.name))


def token_rows(rows: Sequence[Any], names: Mapping[int, str]) -> list[tuple[Any, str, str]]:
    """Each token with its state and what it opens, in words. `names` of the checklists the reader finds."""
    now = clock.now()
    return [(row, state_of(row.revoked_at, row.expires_at, now).value, _opens(row.scopes, names)) for row in rows]


def _opens(scopes: Sequence[str], names: Mapping[int, str]) -> str:
    said = []
    for one in map(Scope.read, scopes):
        if one.subject_id is None:
            said.append(_("Every checklist its owner may see"))
        else:
            said.append(names.get(one.subject_id) or _("Checklist %(id)s", id=one.subject_id))
    return ", ".join(said)


def _example(whole: str, subject: int | None) -> str:
    address = url_for("api.go_no_go", checklist_id=subject or 1, _external=True)
    return f'curl -s -H "Authorization: Bearer {whole}" {address}'


def _form(**more: Any) -> TokenForm:
    form = TokenForm(**more)
    form.scope.choices = choices([(0, _("Every checklist I may see")), *checklist_names(g.viewer)])
    return form


def _page(form: TokenForm, **more: Any) -> Response:
    rows = token_rows(tokens_of(g.viewer), dict(checklist_names(g.viewer)))
    status = 422 if form.errors else 200
    return page("gonogo/tokens.html", status=status, form=form, rows=rows, end=_end, **more)


def _end(token_id: int) -> str:
    return url_for("gonogo.end_token", token_id=token_id)
