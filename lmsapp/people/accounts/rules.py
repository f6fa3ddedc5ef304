"""What a good password and a plausible address are, how long links live, how many tries are given."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import available_timezones

from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.roles import GRANTS, May, Role
from lmsapp.people.viewer import Viewer

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256  # hashing cost is bounded, and nobody types more
WINDOW = dt.timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 100  # a whole site may share one address
TRIES_PER_LINK = 20  # of one single-use link, within the window
COPIES_PER_ACCOUNT = 10  # of everything held, within the window
ASKS_PER_ADDRESS = 30  # for a new password, within the window
LINKS_PER_ACCOUNT = 3  # letters asked for within the window: nobody can flood somebody's mailbox
ADDRESS = re.compile(r"[^@\s,;<>\"()\[\]\\]{1,64}@[^@\s,;<>\"()\[\]\\_/:]{1,190}\.[^@\s,;<>\"()\[\]\\_/:.\d]{2,63}")


class Purpose(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"
    EMAIL = "email"


LINK_LIFETIME = {
    Purpose.INVITATION: dt.timedelta(days=7),
    Purpose.RESET: dt.timedelta(hours=1),
    Purpose.EMAIL: dt.timedelta(hours=24),
}
LONGEST_BROWSER = 200  # characters kept of a user agent
CLOCKS_DIFFER = dt.timedelta(minutes=2)  # how far the clocks of several servers may be apart


class SessionEnd(StrEnum):
    """Why a session is over by itself."""

    IDLE = "idle"
    LONG = "long"
    CHANGED = "changed"  # signed out elsewhere; password, roles or account changed
    LINK = "link"  # came by a single-use link, and its time is over


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives without anything done, and how long at most (ASVS 7.3.1, 7.3.2). `until`: over then
    in any case, for one that a single-use link began."""

    idle: dt.timedelta
    whole: dt.timedelta
    until: dt.datetime | None = None


# A session that a single-use link began never lasts longer than this, whatever the settings are (REM-5).
LINK_LIMITS = SessionLimits(dt.timedelta(minutes=30), dt.timedelta(hours=12))


def narrowed(limits: SessionLimits, until: dt.datetime) -> SessionLimits:
    """The limits of a session that a single-use link began."""
    return SessionLimits(min(limits.idle, LINK_LIMITS.idle), min(limits.whole, LINK_LIMITS.whole), until)


# The long ones among the most used passwords and patterns (those below 12 characters are refused by length).
COMMON_WORDS = """
    123456789012 1234567890123 12345678901234 123456789123 123123123123 1234567891234 111111111111 000000000000
    987654321012 098765432109 112233445566 121212121212 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv
    qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiopas qwertyuiop[] qwerty123456 qwerty1234567 qwerty12345678
    qwertyuiopasdf asdfghjkl123 asdfghjkl1234 zxcvbnm12345 qazwsxedcrfv qazwsxedc123 q1w2e3r4t5y6 abcdefghijkl
    abcdefghijklm abcdefg12345 abcd12345678 abc123456789 abc123abc123 password1234 password12345 password123456
    passwordpassword password123! password1234! password2024 password2025 password2026 passw0rd1234 p@ssword1234
    p@ssw0rd1234 p@ssw0rd123! mypassword123 newpassword1 newpassword123 changeme1234 changeme12345 changemenow1
    welcome12345 welcome123456 welcome1234! welcome2024! welcome2025! welcome2026! letmein12345 letmein123456
    iloveyou1234 iloveyou12345 iloveyouforever administrator administrator1 administrator123 admin1234567
    admin12345678 admin123admin adminadmin12 adminadminadmin football1234 baseball1234 basketball12 superman1234
    sunshine1234 princess1234 trustno1trustno1 monkey123456 dragon123456 master123456 michael12345 jennifer1234
    hospital1234 hospital12345 training1234 training12345 training2026 northgate123 company12345 summer2024!!
    summer2025!! summer2026!! winter2025!! winter2026!! spring2026!! autumn2026!! correcthorsebatterystaple
    contraseña123 contrasena123 contrasena1234 contrasena12345 bienvenido123 bienvenido1234 teamomucho12
"""
COMMON = frozenset(COMMON_WORDS.split())


def check_password(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Long enough and not known to everybody; no rules about its composition (NIST SP 800-63B-4, 3.1.1.2).

    `about` are words of the person (e-mail, name): a password that is only one of them is refused. Raises RuleBroken.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise RuleBroken(
            N_("Use at least %(n)s characters. Four unrelated words are a good password."),
            field="password",
            n=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        raise RuleBroken(N_("Use at most %(n)s characters."), field="password", n=LONGEST_PASSWORD)
    plain = password.casefold().strip()
    known = {word.casefold() for word in about if word} | {word.partition("@")[0].casefold() for word in about}
    if plain in COMMON or plain in known or len(set(plain)) < 5:
        raise RuleBroken(
            N_("Many people use this password, so it is easily guessed. Choose another one."), field="password"
        )


def may_hand_out(viewer: Viewer, user_id: int, role: Role) -> bool:
    """Nobody changes their own roles, or a role that may do more than theirs (learning aside, which is no power)."""
    return viewer.user_id != user_id and viewer.may(May.CONFIGURE) and GRANTS[role] - {May.LEARN} <= viewer.grants


def clean_email(text: str) -> str:
    """Trimmed and in lower case. Raises RuleBroken when it cannot be an address."""
    email = text.strip().lower()
    if not ADDRESS.fullmatch(email) or ".." in email:
        raise RuleBroken(N_("Enter an e-mail address like name@example.org."), field="email")
    return email


def check_zone(name: str) -> None:
    """An IANA name. Raises RuleBroken."""
    if name not in available_timezones():
        raise RuleBroken(N_("Choose a time zone from the list."), field="time_zone")


def is_usable(used_at: dt.datetime | None, expires_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a single-use link still opens anything."""
    return used_at is None and now < expires_at


def session_end(
    began_at: dt.datetime, seen_at: dt.datetime, now: dt.datetime, limits: SessionLimits
) -> SessionEnd | None:
    """Why the session is over, or None while it lasts.

    A session from the future (beyond what clocks differ) is over too: with a clock set back it would live longer than
    it may, and nobody could say how long.
    """
    over = now >= began_at + limits.whole or (limits.until is not None and now >= limits.until)
    if over or max(began_at, seen_at) > now + CLOCKS_DIFFER:
        return SessionEnd.LONG
    return SessionEnd.IDLE if now >= seen_at + limits.idle else None
