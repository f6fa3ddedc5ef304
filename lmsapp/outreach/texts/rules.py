"""What a message text may be. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lmsapp.infra.placeholders import nearest
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.outreach.texts import markup
from lmsapp.outreach.texts.kinds import LINKS, PLACEHOLDERS, WITH_SUBJECT, Kind

LONGEST_SUBJECT = 150
LONGEST_BODY = {"email": 5000, "slack": 3000, "in_app": 2000, "sms": 1000}
TURNS_TEXT_ROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TESTS_AN_HOUR = 30


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote. `subject` is empty for channels that have none."""

    subject: str
    body: str


def checked(kind: Kind, channel: str, words: Words, *, subject_field: str = "subject", field: str = "body") -> Words:
    """The words, trimmed, when they may be sent. Raises RuleBroken naming the first thing wrong."""
    subject = words.subject.strip() if channel in WITH_SUBJECT else ""
    body = words.body.replace("\r\n", "\n").strip()
    if channel in WITH_SUBJECT:
        _check_subject(subject, subject_field)
        _check_names(kind, subject, subject_field)
    if not body:
        raise RuleBroken(N_("Write what the message says."), field=field)
    if len(body) > LONGEST_BODY[channel]:
        raise RuleBroken(N_("Write %(most)s characters at most."), field=field, most=LONGEST_BODY[channel])
    _check_characters(body, field, allowed="\n\t")
    _check_names(kind, body, field)
    _check_addresses(body, field)
    for name in kind.must:
        if name not in markup.names_in(body) and _needed(channel, name):
            missing = N_("{{%(name)s}} is missing: %(what)s.")
            raise RuleBroken(missing, field=field, name=name, what=PLACEHOLDERS[name])
    return Words(subject, body)


def _needed(channel: str, name: str) -> bool:
    """A notice in the product is a link itself; a text message has no room for a list."""
    return channel != "in_app" if name == "link" else channel in WITH_SUBJECT


def _check_subject(subject: str, field: str) -> None:
    if not subject:
        raise RuleBroken(N_("Write a subject."), field=field)
    if len(subject) > LONGEST_SUBJECT:
        raise RuleBroken(N_("Write %(most)s characters at most."), field=field, most=LONGEST_SUBJECT)
    if len(subject.splitlines()) > 1:
        raise RuleBroken(N_("A subject is one line."), field=field)
    if LINKS & markup.names_in(subject):
        raise RuleBroken(N_("A subject holds no link. Put it into the text."), field=field)
    _check_characters(subject, field, allowed="")


def _check_characters(text: str, field: str, *, allowed: str) -> None:
    for one in text:
        if one in TURNS_TEXT_ROUND or (one not in allowed and unicodedata.category(one) in ("Cc", "Cs", "Co")):
            raise RuleBroken(N_("There is a character here that cannot be shown."), field=field)


def _check_names(kind: Kind, text: str, field: str) -> None:
    for name in markup.MEANT.findall(text):
        if name in kind.placeholders:
            continue
        known = ", ".join(f"{{{{{one}}}}}" for one in kind.placeholders)
        alike = nearest(name, kind.placeholders)
        if alike is None:
            words = N_("{{%(name)s}} is no placeholder here. There are: %(known)s.")
            raise RuleBroken(words, field=field, name=name[:40], known=known)
        words = N_("{{%(name)s}} is no placeholder here. Did you mean {{%(alike)s}}? There are: %(known)s.")
        raise RuleBroken(words, field=field, name=name[:40], alike=alike, known=known)


def _check_addresses(body: str, field: str) -> None:
    for address in markup.addresses_in(body):
        name = markup.NAME.fullmatch(address)
        if name is not None and name[1] in LINKS:
            continue
        if name is None and "{{" not in address and address.lower().startswith(markup.SAFE):
            continue
        words = N_("A link leads to {{link}} or to an address that begins with https://, not to %(address)s.")
        raise RuleBroken(words, field=field, address=address[:80])
