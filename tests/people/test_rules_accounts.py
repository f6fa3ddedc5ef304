"""ORG-1, ORG-2: passwords, addresses, links, and who may hand out which role."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.rules import check_password, clean_email, is_usable, may_hand_out
from lmsapp.people.roles import GRANTS, May, Role
from lmsapp.people.viewer import Viewer

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevencharx", "password1234", "PASSWORD1234", "aaaaaaaaaaaaaaaa", "lena.fischer", "x" * 300],
)
def test_weak_passwords_are_refused(password: str) -> None:
    """ORG-1: too short, known to everybody, the person's own name, or too long to hash."""
    with pytest.raises(RuleBroken):
        check_password(password, about=("lena.fischer@northgate.example", "Lena Fischer"))


@pytest.mark.parametrize("password", ["four unrelated words", "twelve chars", "żółta łódź płynie", "correct-horse-9"])
def test_long_passwords_pass_whatever_they_are_made_of(password: str) -> None:
    """ORG-1: no rules about digits, case or signs."""
    check_password(password)


@pytest.mark.parametrize(
    "text", ["", "x", "a@b", "a@b@c.example", "a b@c.example", "a@c.example\nBcc: d@e.example", "<a@c.example>"]
)
def test_what_is_no_address(text: str) -> None:
    """ORG-1: nothing gets into a letter's header by way of an address."""
    with pytest.raises(RuleBroken):
        clean_email(text)


def test_addresses_are_kept_in_lower_case() -> None:
    """ORG-1: one account whatever the case it is typed in."""
    assert clean_email("  Lena@Northgate.Example ") == "lena@northgate.example"


@given(st.integers(-10_000, 10_000))
def test_a_link_opens_until_it_expires(seconds: int) -> None:
    """ORG-1: at the very second of its end it is over."""
    expires = NOW + dt.timedelta(seconds=seconds)
    assert is_usable(None, expires, NOW) == (seconds > 0)
    assert not is_usable(NOW, expires, NOW)


@pytest.mark.parametrize("own", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_gives_more_than_they_have(own: Role, role: Role) -> None:
    """ORG-2: only who configures hands out roles, none beyond the own grants, and never to oneself."""
    giver = Viewer(user_id=1, employee_id=None, name="G", email="g@x.example", roles=frozenset({own}))
    assert may_hand_out(giver, 2, role) == (own is Role.SYSTEM_MANAGER)
    assert not may_hand_out(giver, 1, role)
    if may_hand_out(giver, 2, role):
        assert GRANTS[role] - {May.LEARN} <= giver.grants
