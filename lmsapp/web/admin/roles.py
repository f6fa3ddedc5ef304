"""Who may do what: the role table as the gates read it, and who holds each role (ORG-2)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.people.holders import count_holders_by_role, count_line_managers, holders_of, line_managers
from lmsapp.people.roles import GRANTS, REACHES, May, Reach, Role
from lmsapp.web.admin.wing import bp
from lmsapp.web.lists import page_url
from lmsapp.web.render import get_or_404, page

LINE_MANAGER = "line-manager"
WHOSE: dict[Reach, Any] = {
    Reach.OWN: __("own only"),
    Reach.WRITTEN: __("of the courses they are an author of"),
    Reach.LINE: __("of their own reporting line only"),
    Reach.EVERYBODY: __("everybody's"),
}
SLUGS: dict[str, Role] = {role.value.lower().replace(" ", "-"): role for role in Role}


@bp.get("/roles")
def roles() -> ResponseReturnValue:
    """Every role with its grants, and how many hold it."""
    held = count_holders_by_role()
    rows = [
        {"slug": slug, "title": _(role.value), "can": _can(GRANTS[role]), "count": held[role]}
        for slug, role in SLUGS.items()
    ]
    leading = {"slug": LINE_MANAGER, "title": _("Line manager"), "can": _can([May.LEAD])}
    return page("admin/roles/list.html", rows=[*rows, {**leading, "count": count_line_managers()}], leads=LINE_MANAGER)


@bp.get("/roles/<role>")
def role(role: str) -> ResponseReturnValue:
    """Who holds one role, since when, by whose hand; for line managers, how many report to them."""
    number = request.args.get("page", 1, type=int)
    if role == LINE_MANAGER:
        return _page(_("Line manager"), _can([May.LEAD]), line_managers(g.viewer, number), leads=True)
    one = get_or_404(SLUGS.get(role))
    return _page(_(one.value), _can(GRANTS[one]), holders_of(g.viewer, one, number), role=one.value)


def _page(title: str, can: list[dict[str, str]], found: Any, *, leads: bool = False, role: str = "") -> Response:
    may_change = g.viewer.may(May.CONFIGURE)
    context = {"title": title, "can": can, "found": found, "leads": leads, "role": role, "may_change": may_change}
    return page("admin/roles/role.html", page_url=page_url, **context)


def _can(grants: Collection[May]) -> list[dict[str, str]]:
    """What the grants let do, in the order of the table, each with whose objects it reaches: who moderates, too, finds
    every course in the studio, because the widest grant that opens a door counts (`web.gates.Policy.reach_of`)."""
    held = [(words, reach) for may, (reach, words) in REACHES.items() if may in grants]
    wide = {Reach.WRITTEN: Reach.EVERYBODY} if May.MODERATE in grants else {}
    return [{"words": _(words), "whose": str(WHOSE[wide.get(reach, reach)])} for words, reach in held]
