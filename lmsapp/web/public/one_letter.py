"""One letter a day or each reminder by itself: chosen by a link in a letter, without signing in (REM-8).

Looking changes nothing, because mail scanners open every address; only the button does.
"""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from lmsapp.outreach.contact.actions import choose_digest
from lmsapp.outreach.contact.choosing import chooser_by, wants_digest
from lmsapp.web.forms import Form
from lmsapp.web.public.wing import bp
from lmsapp.web.render import page


class ChoiceForm(Form):
    """Nothing but its token; which way is the button's."""


@bp.get("/one-letter-a-day/<token>")
def one_letter(token: str) -> ResponseReturnValue:
    """What holds, and the other way as a button."""
    return _page(token, ChoiceForm(formdata=None))


@bp.post("/one-letter-a-day/<token>")
def choose_one_letter(token: str) -> ResponseReturnValue:
    """Pressed twice it stays as chosen."""
    form, found = ChoiceForm(), chooser_by(token)
    chosen = request.form.get("wanted") in ("one", "each")
    if found is not None and form.validate() and chosen:
        choose_digest(found[0], request.form["wanted"] == "one", found[1])
        return _page(token, form, said=True)
    return _page(token, form, status=422)


def _page(token: str, form: Form, *, said: bool = False, status: int = 200) -> ResponseReturnValue:
    found = chooser_by(token)
    if found is None:
        return page("public/one_letter_gone.html", status=404)
    employee = found[0]
    return page(
        "public/one_letter.html", status=status, form=form, token=token, said=said, name=employee.name,
        one=wants_digest(employee.id),
    )  # fmt: skip
