"""Who may enter: closed by default. A wing states its gate once; a view may ask for more with `@needs`.

A blueprint without a gate stops the application at start. `policy_of` is the table the role test walks (SEC-4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer
from lmsapp.web.sessions import sign_in_address

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Gate:
    """`public`: anybody. Otherwise signed in and, where `any_of` is not empty, granted one of these."""

    any_of: frozenset[May] = frozenset()
    public: bool = False

    def admits(self, viewer: Viewer | None) -> bool:
        """Whether the viewer may pass."""
        if self.public:
            return True
        return viewer is not None and (not self.any_of or viewer.may(*self.any_of))


PUBLIC = Gate(public=True)
SIGNED_IN = Gate()

WINGS: dict[str, Gate] = {
    "student": Gate(frozenset({May.LEARN})),
    "team": Gate(frozenset({May.LEAD})),
    "hr": Gate(frozenset({May.KEEP_RECORDS})),
    "studio": Gate(frozenset({May.AUTHOR, May.MODERATE})),
    "admin": Gate(frozenset({May.CONFIGURE, May.AUDIT})),
    "account": SIGNED_IN,
    "help": SIGNED_IN,
    "door": PUBLIC,  # sign in, invitation, reset, language
    "public": PUBLIC,  # certificate verification
    "health": PUBLIC,
    "mailbox": PUBLIC,  # exists in the demo only
}


def needs(*any_of: May) -> Callable[[View], View]:
    """Ask for more than the wing's gate does."""

    def mark(view: View) -> View:
        view.__dict__["__needs__"] = Gate(frozenset(any_of))
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> tuple[Gate, ...]:
    """Every gate an endpoint stands behind; all must admit. Raises LookupError when none was stated."""
    if endpoint == "static":
        return (PUBLIC,)
    wing = endpoint.partition(".")[0]
    if "." not in endpoint or wing not in WINGS:
        raise LookupError(f"no gate is stated for {endpoint!r}")
    more = getattr(app.view_functions[endpoint], "__needs__", None)
    return (WINGS[wing],) if more is None else (WINGS[wing], more)


def check_gates(app: Flask) -> None:
    """Refuse to start with a route nobody thought about."""
    for endpoint in app.view_functions:
        policy_of(app, endpoint)


def guard() -> ResponseReturnValue | None:
    """Before each request: pass, sign in first, or 403."""
    if request.endpoint is None:
        return None
    viewer: Viewer | None = g.get("viewer")
    gates = policy_of(current_app, request.endpoint)
    if all(gate.admits(viewer) for gate in gates):
        return None
    if viewer is None:
        return ask_to_sign_in()
    return abort(403)


def ask_to_sign_in() -> ResponseReturnValue:
    """Send to the sign-in page and back; a fragment request is told to load the whole page there."""
    fragment = request.headers.get("HX-Request") == "true"
    if fragment:
        back = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        back = request.full_path.rstrip("?")
    else:  # the page the form was on, when it is one of ours
        back = request.referrer or "" if (request.referrer or "").startswith(request.host_url) else "/"
    target = sign_in_address(_path_of(back))
    if fragment:
        return "", 401, {"HX-Redirect": target}
    return redirect(target)


def _path_of(address: str) -> str:
    """Only the path and query of an address: a redirect never leaves the house (ASVS 3.7.2)."""
    without_scheme = address.partition("://")[2]
    path = "/" + without_scheme.partition("/")[2] if without_scheme else address
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
