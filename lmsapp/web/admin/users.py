"""Accounts and their roles (ORG-1, ORG-2): find, invite, give, take, deactivate."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from lmsapp.people.accounts.actions import create_user, deactivate, grant_role, invite, reactivate, revoke_role
from lmsapp.people.accounts.queries import UserFilters, account_for, list_users, roles_of
from lmsapp.people.accounts.rules import may_hand_out
from lmsapp.people.roles import May, Role
from lmsapp.web.admin.wing import bp
from lmsapp.web.forms import Form
from lmsapp.web.gates import needs
from lmsapp.web.lists import page_url
from lmsapp.web.render import get_or_404, page, to

STATES = ("active", "inactive")


class UserForm(Form):
    email = EmailField(__("E-mail"), [DataRequired(__("Enter an e-mail address.")), Length(max=250)])
    name = StringField(__("Name"), [DataRequired(__("Enter a name.")), Length(max=200)])


class RoleForm(Form):
    role = HiddenField(validators=[DataRequired()])


class PlainForm(Form):
    """Nothing but its token."""


@bp.get("/users")
@needs(May.CONFIGURE)
def users() -> ResponseReturnValue:
    """Everybody who can sign in."""
    return _list_page(UserForm(formdata=None))


@bp.post("/users")
@needs(May.CONFIGURE)
def create_account() -> ResponseReturnValue:
    """For people outside the roster; they choose their own password by the invitation."""
    form = UserForm()
    if form.validate():
        with form.rule_errors():
            user = create_user(form.email.data or "", form.name.data or "", by=g.viewer)
            invite(user)
            return to(
                url_for("admin.user", user_id=user.id),
                said=_("The invitation to %(name)s is on its way.", name=user.name),
            )
    return _list_page(form)


@bp.get("/users/<int:user_id>")
@needs(May.CONFIGURE)
def user(user_id: int) -> ResponseReturnValue:
    """One account."""
    return _user_page(user_id, PlainForm(formdata=None))


@bp.post("/users/<int:user_id>/roles")
@needs(May.CONFIGURE)
def give_role(user_id: int) -> ResponseReturnValue:
    """Effective at once: the user signs in again."""
    return _change_role(user_id, grant_role)


@bp.post("/users/<int:user_id>/roles/taken")
@needs(May.CONFIGURE)
def take_role(user_id: int) -> ResponseReturnValue:
    """Effective at once: sessions end."""
    return _change_role(user_id, revoke_role)


@bp.post("/users/<int:user_id>/invitation")
@needs(May.CONFIGURE)
def invite_again(user_id: int) -> ResponseReturnValue:
    """A fresh link; the one before stops working."""
    return _do(user_id, invite, _("A new invitation is on its way."))


@bp.post("/users/<int:user_id>/deactivated")
@needs(May.CONFIGURE)
def deactivate_user(user_id: int) -> ResponseReturnValue:
    """No access from this moment."""
    return _do(user_id, lambda account: deactivate(account, g.viewer), _("The account is closed."))


@bp.post("/users/<int:user_id>/activated")
@needs(May.CONFIGURE)
def activate_user(user_id: int) -> ResponseReturnValue:
    """Access again."""
    return _do(user_id, lambda account: reactivate(account, g.viewer), _("The account is open again."))


def _change_role(user_id: int, change: Any) -> Response:
    form = RoleForm()
    wanted = form.role.data if form.validate() and form.role.data in set(Role) else None
    role = Role(get_or_404(wanted))
    return _do(user_id, lambda account: change(account, role, g.viewer), _("Roles are changed."))


def _do(user_id: int, change: Any, said: str) -> Response:
    account = get_or_404(account_for(g.viewer, user_id))
    form = PlainForm()
    if form.validate():
        with form.rule_errors():
            change(account)
            return to(url_for("admin.user", user_id=user_id), said=said)
    return _user_page(user_id, form)


def _user_page(user_id: int, form: Form) -> Response:
    account = get_or_404(account_for(g.viewer, user_id))
    held = roles_of(user_id)
    roles = [{"role": role, "held": role in held, "may": may_hand_out(g.viewer, user_id, role)} for role in Role]
    status = 422 if form.errors else 200
    return page("admin/users/user.html", status=status, account=account, roles=roles, form=form)


def _list_page(form: UserForm) -> Response:
    given = request.args
    filters = UserFilters(given.get("q", "").strip()[:100], given.get("role", ""), given.get("state", ""))
    found = list_users(g.viewer, filters, given.get("page", 1, type=int))
    words = {"active": _("Open"), "inactive": _("Closed")}
    facets = [
        (
            _("Role"),
            "role",
            [{"value": r.value, "label": _(r.value), "checked": r.value == filters.role} for r in Role],
        ),
        (_("Account"), "state", [{"value": s, "label": words[s], "checked": s == filters.state} for s in STATES]),
    ]
    context = {"found": found, "filters": filters, "facets": facets, "page_url": page_url, "form": form}
    context["role_words"] = lambda roles: ", ".join(_(role) for role in sorted(roles or ()))
    return page("admin/users/list.html", status=422 if form.errors else 200, **context)
