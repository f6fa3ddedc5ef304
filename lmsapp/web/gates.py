"""Who may enter, and whose objects they find there: closed by default.

A wing states its gate once; a view may ask for more with `@needs`. A blueprint without a gate stops the application
at start. Whose objects follows from the grant that let somebody in (`people.roles.REACHES`). `policy_of` says all of it
for one route: the guard, the navigation and the walk of every route (SEC-4, `tests/walk`) ask nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from lmsapp.infra.words import NotAllowed
from lmsapp.people.roles import REACHES, May, Reach
from lmsapp.people.viewer import Viewer
from lmsapp.web.addresses import form_page
from lmsapp.web.limited import ONLY_THIS, may_open
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


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route asks for: every gate must admit, the innermost last. `said` is a reach the view states itself."""

    gates: tuple[Gate, ...]
    said: Reach | None = None

    @property
    def public(self) -> bool:
        """Whether anybody may come, signed in or not."""
        return all(gate.public for gate in self.gates)

    def admits(self, viewer: Viewer | None) -> bool:
        """Whether the viewer may enter at all; which objects they find is another question."""
        return all(gate.admits(viewer) for gate in self.gates)

    def reach_of(self, viewer: Viewer) -> Reach:
        """Whose objects an admitted viewer finds: what the widest grant reaches that lets them in; else their own."""
        letting_in = next((gate.any_of for gate in reversed(self.gates) if gate.any_of), frozenset())
        reached = {REACHES[may][0] for may in letting_in & viewer.grants}
        return self.said or max(reached, key=list(Reach).index, default=Reach.OWN)


PUBLIC = Gate(public=True)
SIGNED_IN = Gate()

WINGS: dict[str, Gate] = {
    "student": Gate(frozenset({May.LEARN})),
    "team": Gate(frozenset({May.LEAD})),
    "hr": Gate(frozenset({May.KEEP_RECORDS})),
    "studio": Gate(frozenset({May.AUTHOR, May.MODERATE, May.GRADE})),
    "admin": Gate(frozenset({May.CONFIGURE, May.AUDIT})),
    "gonogo": Gate(frozenset({May.MODERATE, May.KEEP_RECORDS, May.LEAD, May.AUDIT})),
    "account": SIGNED_IN,
    "help": SIGNED_IN,
    "door": PUBLIC,  # sign in, invitation, reset, language
    "public": PUBLIC,  # certificate verification
    "health": PUBLIC,
    "api": PUBLIC,  # each view lets in by an access token
    "content": PUBLIC,  # on a host of its own, each address with the token of a launch
    "mailbox": PUBLIC,  # exists in the demo only
}

# What a view of the wing asks for where it does not say it: who only grades enters the studio, and finds grading there.
UNLESS_SAID: dict[str, Gate] = {"studio": Gate(frozenset({May.AUTHOR, May.MODERATE}))}


def needs(*any_of: May, reach: Reach | None = None) -> Callable[[View], View]:
    """Ask for more than the wing's gate does. `reach`: whose objects, where the grant does not say it right."""

    def mark(view: View) -> View:
        view.__dict__["__needs__"] = Gate(frozenset(any_of)), reach
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> Policy:
    """What an endpoint asks for. Raises LookupError when nothing was stated."""
    if endpoint == "static":
        return Policy((PUBLIC,))
    wing = endpoint.partition(".")[0]
    if "." not in endpoint or wing not in WINGS:
        raise LookupError(f"no gate is stated for {endpoint!r}")
    more, reach = getattr(app.view_functions[endpoint], "__needs__", (None, None))
    more = more or UNLESS_SAID.get(wing)
    return Policy((WINGS[wing],) if more is None else (WINGS[wing], more), reach)


def check_gates(app: Flask) -> None:
    """Refuse to start with a route nobody thought about."""
    for endpoint in app.view_functions:
        policy_of(app, endpoint)


def guard() -> ResponseReturnValue | None:
    """Before each request: pass, sign in first, or 403."""
    if request.endpoint is None:
        return None
    viewer: Viewer | None = g.get("viewer")
    policy = policy_of(current_app, request.endpoint)
    if viewer is not None and viewer.only_course is not None and not policy.public:
        keep_to_the_link(viewer, request.endpoint)
    if policy.admits(viewer):
        return None
    if viewer is None:
        return ask_to_sign_in()
    return abort(403)


def keep_to_the_link(viewer: Viewer, endpoint: str) -> None:
    """Who came by a single-use link finds one course and nothing else. Raises NotAllowed."""
    if not may_open(viewer, endpoint, request.view_args or {}):
        raise NotAllowed(ONLY_THIS)


def ask_to_sign_in() -> ResponseReturnValue:
    """Send to the sign-in page and back; a fragment request is told to load the whole page there."""
    fragment = request.headers.get("HX-Request") == "true"
    if fragment:
        back = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        back = request.full_path.rstrip("?")
    else:  # the page the form was on, when it is one of ours
        back = form_page() or "/"
    target = sign_in_address(_path_of(back))
    if fragment:
        return "", 401, {"HX-Redirect": target}
    return redirect(target)


def _path_of(address: str) -> str:
    """Only the path and query of an address: a redirect never leaves the house (ASVS 3.7.2)."""
    without_scheme = address.partition("://")[2]
    path = "/" + without_scheme.partition("/")[2] if without_scheme else address
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
