"""Your notices: what the product told you, newest first (REM-4)."""

from __future__ import annotations

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lmsapp.outreach.notices.actions import mark_read
from lmsapp.outreach.notices.queries import notices_for
from lmsapp.web.account.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.lists import numbers
from lmsapp.web.render import answer


class ReadForm(Form):
    """Nothing but its token."""


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    """Read ones stay."""
    return _list(ReadForm(formdata=None))


@bp.post("/notices/read")
def read_notices() -> ResponseReturnValue:
    """One (`notice`), or all of the viewer's own."""
    form = ReadForm()
    if form.validate():
        mark_read(g.viewer, numbers(request.form.getlist("notice")) if "notice" in request.form else None)
    return _list(form, said=_("Marked as read."))


def _list(form: Form, said: str | None = None) -> ResponseReturnValue:
    return answer(
        "account/_notices.html", whole="account/notices.html", back=url_for("account.notices"), said=said,
        form=form, notices=notices_for(g.viewer),
    )  # fmt: skip
