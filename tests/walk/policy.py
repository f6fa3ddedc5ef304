"""What is expected of a call: from the role table, the gates and the facts of the stage; nothing is asked of the code
under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lmsapp.people.roles import Reach
from lmsapp.people.viewer import Viewer
from lmsapp.web.gates import Policy


@dataclass(frozen=True)
class Caller:
    """Somebody who calls. `viewer` None: nobody, or somebody whose session has ended. `cookie` may be an ended one."""

    name: str
    viewer: Viewer | None
    cookie: str = ""


@dataclass(frozen=True)
class Objects:
    """One of every kind of object, all of one learner, in courses of one author. `above`: every manager of the learner.

    `marks`: words that name the learner and nobody else; `places`: their department, job role and location, which nobody
    else has; `titles`: what only the author's courses are called.
    """

    name: str
    user_id: int
    employee_id: int
    author_id: int
    above: frozenset[int]
    ids: dict[str, object] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class Expected(StrEnum):
    """What a call must come to."""

    SIGN_IN = "is asked to sign in"
    REFUSED = "is refused at the gate (403)"
    MISSING = "finds nothing there (404)"
    FOUND = "finds it"


def covers(reach: Reach, viewer: Viewer, objects: Objects) -> bool:
    """Whether objects of that learner and author lie within the reach."""
    if reach is Reach.EVERYBODY:
        return True
    if reach is Reach.LINE:
        return viewer.employee_id in objects.above
    if reach is Reach.WRITTEN:
        return viewer.user_id == objects.author_id
    return viewer.user_id == objects.user_id


def expected(policy: Policy, caller: Caller, objects: Objects | None) -> Expected:
    """`objects` None: the address names none of anybody's."""
    if policy.public:
        return Expected.FOUND
    if caller.viewer is None:
        return Expected.SIGN_IN
    if not policy.admits(caller.viewer):
        return Expected.REFUSED
    if objects is not None and not covers(policy.reach_of(caller.viewer), caller.viewer, objects):
        return Expected.MISSING
    return Expected.FOUND


def may_read_of(policy: Policy, caller: Caller, objects: Objects) -> bool:
    """Whether words that name the learner may stand in the answer. What a view widens itself is about courses, never
    about people; one's own name stands in every page, and who leads somebody may be told of them everywhere."""
    viewer = caller.viewer
    if viewer is None:
        return False
    if covers(Reach.OWN, viewer, objects) or covers(Reach.LINE, viewer, objects):
        return True
    return policy.admits(viewer) and covers(Policy(policy.gates).reach_of(viewer), viewer, objects)
