"""What tests stand on when they begin from a scene that was laid before (tests/kept.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.infra.queue import Ring, ring, use_bell
from lmsapp.people.accounts.models import User
from tests.clock import Clock
from tests.kept import CannotBeKept, forget, kept, world_of
from tests.undoing import ready, worked_on

laid: list[str] = []


@kept
def somebody(name: str) -> User:
    laid.append(name)
    user = User(name=name, email=f"{name.lower()}@example.org")
    db.session.add(user)
    db.session.flush()
    ring("greet", user.id)
    return user


@kept
@dataclass
class Pair:
    first: User
    clock: Clock
    second: User = field(init=False)

    def __post_init__(self) -> None:
        laid.append("pair")
        self.second = User(name=f"{self.first.name}'s friend", email="friend@example.org")
        db.session.add(self.second)
        self.clock.move(days=1)


@kept
def nobody() -> User:
    return User(name="Not yet", email="not.yet@example.org")


def names() -> list[str]:
    return list(db.session.scalars(select(User.name).order_by(User.name)))


Play = Callable[[Callable[[], object]], list[Ring]]


@pytest.fixture
def play(own_app: Flask) -> Play:
    """Has a test played as the suite has it: the rings it heard."""
    laid.clear()

    def played(test: Callable[[], object]) -> list[Ring]:
        rings: list[Ring] = []
        use_bell(own_app, rings.extend)
        with ready(own_app), world_of(db.engine, rings) as connection, worked_on(connection):
            test()
        return rings

    return played


@pytest.fixture(autouse=True)
def cleared(own_app: Flask) -> object:
    yield
    with own_app.app_context():
        forget(db.engine)


def test_the_next_one_finds_the_same_people_and_nothing_that_was_done_to_them(play: Play) -> None:
    def changes() -> None:
        ann = somebody("Ann")
        ann.name = "Anna"
        db.session.add(User(name="Zoe", email="zoe@example.org"))
        db.session.commit()
        assert names() == ["Anna", "Zoe"]

    def looks() -> None:
        ann = somebody("Ann")
        assert ann.name == "Ann"
        assert names() == ["Ann"]

    heard = [play(test) for test in (changes, looks, looks)]
    assert laid == ["Ann"]
    assert heard[0] and heard[0] == heard[1] == heard[2]


def test_who_asks_for_others_or_for_nobody_does_not_meet_them(play: Play) -> None:
    play(lambda: somebody("Ann"))
    play(lambda: (somebody("Ben"), meets("Ben")))
    play(meets)
    play(lambda: (somebody("Ben"), somebody("Ann"), meets("Ann", "Ben")))
    play(lambda: (somebody("Ben"), meets("Ben"), somebody("Cat"), meets("Ben", "Cat")))
    play(lambda: (somebody("Ben"), meets("Ben")))
    assert laid == ["Ann", "Ben", "Ben", "Ann", "Cat"]


def meets(*people: str) -> None:
    assert names() == list(people)


def test_what_was_done_before_is_no_part_of_a_layer(play: Play) -> None:
    def begins_by_itself() -> None:
        db.session.add(User(name="Zoe", email="zoe@example.org"))
        somebody("Ann")
        meets("Ann", "Zoe")

    play(begins_by_itself)
    play(lambda: (somebody("Ann"), meets("Ann")))
    assert laid == ["Ann", "Ann"]


def test_a_scene_is_one_with_what_it_was_made_of(play: Play) -> None:
    def test() -> None:
        with Clock().running() as clock:
            began = clock.instant
            ann = somebody("Ann")
            pair = Pair(ann, clock)
            assert (pair.first, pair.clock) == (ann, clock)
            assert (clock.instant - began).days == 1
            assert pair.second.name == "Ann's friend"
            pair.first.name = "Anna"
            db.session.commit()
            assert names() == ["Ann's friend", "Anna"]

    play(test)
    play(test)
    assert laid == ["Ann", "pair"]


def test_another_day_is_another_scene(play: Play) -> None:
    def test(days: int) -> None:
        with Clock().running() as clock:
            clock.move(days=days)
            somebody("Ann")

    for days in (0, 0, 1):
        play(lambda days=days: test(days))
    assert laid == ["Ann", "Ann"]


def test_what_failed_is_not_kept(play: Play) -> None:
    play(lambda: somebody("Ann"))
    with pytest.raises(CannotBeKept, match="has no key"):
        play(lambda: (somebody("Ann"), nobody()))
    with pytest.raises(ZeroDivisionError):
        play(lambda: (somebody("Ann"), 1 // 0))
    play(lambda: (somebody("Ann"), meets("Ann")))
    assert laid == ["Ann"]
