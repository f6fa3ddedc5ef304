"""Every access token there is, for system managers: whose, for what, when last used; any of them can be revoked."""

from __future__ import annotations

from flask import Response, g, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.insight.gonogo.queries import checklist_names
from lmsapp.people.roles import May
from lmsapp.people.tokens.actions import revoke_token
from lmsapp.people.tokens.queries import all_tokens, any_token
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.gonogo.tokens import token_rows
from lmsapp.web.render import get_or_404, page, to


class EndForm(Form):
    """Nothing but its token."""


def _end(token_id: int) -> str:
    return url_for("admin.end_access_token", any_token_id=token_id)


@bp.get("/access-tokens")
@needs(May.CONFIGURE)
def access_tokens() -> Response:
    """Newest first, those revoked last."""
    rows = token_rows(all_tokens(g.viewer), dict(checklist_names(g.viewer)))
    return page("admin/access_tokens.html", rows=rows, end=_end)


@bp.post("/access-tokens/<int:any_token_id>/end")
@needs(May.CONFIGURE)
def end_access_token(any_token_id: int) -> ResponseReturnValue:
    """It opens nothing any more."""
    token = get_or_404(any_token(g.viewer, any_token_id))
    if EndForm().validate():
        revoke_token(token, by=g.viewer)
    return to(url_for("admin.access_tokens"), said=_("“%(name)s” opens nothing any more.", name=token.name))
