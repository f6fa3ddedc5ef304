"""The stage: everybody who calls, and three people's objects."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from tests.walk.kinds import WORDS, Owner, make_everything
from tests.walk.people import HIRED, People, callers, engage, give_password, places
from tests.walk.policy import Caller, Objects

# Learner -> author of what they learn. Lena reports to Mark and, over him, to Dora; Fred to Nina; Hugo, of HR, to Mona.
OWNERS = {"lena": "carla", "fred": "cora", "hugo": "cora"}


@dataclass(frozen=True)
class Stage:
    """Plain values: no object of the session is kept from one call to the next."""

    callers: tuple[Caller, ...]
    objects: tuple[Objects, ...]
    shared: dict[str, object]

    def caller(self, name: str) -> Caller:
        return next(one for one in self.callers if one.name == name)

    def of(self, name: str) -> Objects:
        return next(one for one in self.objects if one.name == name)


def set_stage(app: Flask) -> Stage:
    """In the application's context. Commits."""
    people = engage()
    owners = [Owner(people, learner, author) for learner, author in OWNERS.items()]
    shared = WORDS | make_everything(owners[0], shared=True)
    for owner in owners:
        owner.ids |= shared
    objects = tuple(_objects(people, owner) for owner in owners)
    give_password(people)
    return Stage(callers(app, people), objects, shared)


def _objects(people: People, owner: Owner) -> Objects:
    ids = make_everything(owner)
    record, family = owner.learner.record, HIRED[owner.name][0]
    return Objects(
        name=owner.name,
        user_id=owner.learner.user.id,
        employee_id=record.id,
        author_id=owner.author.user.id,
        above=people.above(owner.name),
        ids=ids,
        marks=(family, record.number, record.email or ""),
        places=places(owner.name),
        titles=tuple(written.course.title for written in owner.courses),
    )
