"""What a channel's settings may be, which of them is a secret, and how long one that fails is left alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lmsapp.infra import further
from lmsapp.infra.outbound import target_of
from lmsapp.infra.sms import PLACE, PLACES, Gateway
from lmsapp.infra.words import N_, RuleBroken

DOWN_AFTER = 3  # failures in a row
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(minutes=1), dt.timedelta(minutes=15)
PROBE = dt.timedelta(minutes=2)  # so long the one message that tries may take
PATIENCE = dt.timedelta(days=2)  # then the tries of waiting messages are counted after all
MOST_FIELDS = 20
METHODS, FORMS, AUTHS = ("POST", "PUT", "GET"), ("json", "form"), ("none", "basic", "bearer", "header")
HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")
OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent", "accept"})
STANDARD_FIELDS = (("to", "{{to}}"), ("text", "{{text}}"))


class Kind(StrEnum):
    """Ways out that have settings of their own."""

    SMS = "sms"
    SLACK = "slack"
    FURTHER = "apprise"


@dataclass(frozen=True, slots=True)
class Way:
    """A way out as delivery needs it. `id` None: e-mail, set up by the environment. `secret` is sealed."""

    id: int | None
    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""

    @property
    def name(self) -> str:
        """By which its trouble is noted."""
        return "email" if self.id is None else f"channel/{self.id}"

    @property
    def honours_keys(self) -> bool:
        """Whether it knows a second copy by its key, so that sending again is safe."""
        return self.kind == Kind.SMS and bool(self.config.get("honours_keys"))


BY_MAIL = Way(None, "email")


def wait_after_failures(failures: int) -> dt.timedelta | None:
    """How long nothing is sent after so many in a row: 1, 2, 4 ... 15 minutes; None: go on."""
    if failures < DOWN_AFTER:
        return None
    return min(FIRST_WAIT * 2 ** min(failures - DOWN_AFTER, 10), LONGEST_WAIT)


def gateway_of(config: Mapping[str, Any]) -> Gateway:
    """The settings of an SMS channel as the gateway takes them."""
    return Gateway(
        url=config.get("url", ""),
        method=config.get("method", "POST"),
        form=config.get("form", "json"),
        auth=config.get("auth", "none"),
        user=config.get("user", ""),
        fields=tuple((name, value) for name, value in config.get("fields", STANDARD_FIELDS)),
        key_header=config.get("key_header", ""),
        answer_id=config.get("answer_id", ""),
        inside=bool(config.get("inside")),
    )


def fields_from(text: str) -> list[list[str]]:
    """Lines 'name = value' as pairs. Raises RuleBroken (field: fields_text)."""
    pairs = []
    for number, line in enumerate((one.strip() for one in text.splitlines()), 1):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not line:
            continue
        if not equals or not name or not line.isprintable():
            raise RuleBroken(N_("Line %(number)s: write it as: name = value"), field="fields_text", number=number)
        unknown = [place for place in PLACE.findall(value) if place not in PLACES]
        if unknown:
            words = N_("Line %(number)s: there is no {{%(place)s}}. The hint above names what there is.")
            raise RuleBroken(words, field="fields_text", number=number, place=unknown[0])
        pairs.append([name, value])
    _check_places(pairs)
    return pairs


def _check_places(pairs: Sequence[Sequence[str]]) -> None:
    if len(pairs) > MOST_FIELDS:
        raise RuleBroken(N_("Write %(most)s lines at most."), field="fields_text", most=MOST_FIELDS)
    said = {place for _name, value in pairs for place in PLACE.findall(value)}
    for needed, instead in (("to", "digits"), ("text", "text")):
        if needed not in said and instead not in said:
            raise RuleBroken(N_("One line must have {{%(place)s}}."), field="fields_text", place=needed)


def fields_as_text(config: Mapping[str, Any]) -> str:
    """The pairs as lines, to be edited."""
    return "\n".join(f"{name} = {value}" for name, value in config.get("fields", STANDARD_FIELDS))


def checked(kind: Kind, config: Mapping[str, Any], secret: str, has_secret: bool) -> dict[str, Any]:
    """The settings as they are kept. `secret`: a new one, or ''; `has_secret`: one is stored already.

    Raises RuleBroken with the field that is wrong.
    """
    if not secret.isprintable() or len(secret) > 2000:
        raise RuleBroken(N_("Passwords, tokens and addresses are one line of plain characters."), field="secret")
    if kind == Kind.SMS:
        return _checked_sms(config, secret, has_secret)
    inside = bool(config.get("inside"))
    if not secret and not has_secret:
        raise RuleBroken(N_("Enter the address you were given."), field="secret")
    kept: dict[str, Any] = {"inside": inside}
    if kind == Kind.FURTHER:
        return kept | ({"service": further.check_address(secret, inside=inside)} if secret else {})
    return kept | ({"host": target_of(secret, inside=inside, field="secret").host} if secret else {})


def _checked_sms(config: Mapping[str, Any], secret: str, has_secret: bool) -> dict[str, Any]:
    inside, auth = bool(config.get("inside")), str(config.get("auth", "none"))
    url = str(config.get("url", "")).strip()
    target_of(url, inside=inside)
    _check_choices(config, auth)
    user, key_header = str(config.get("user", "")).strip(), str(config.get("key_header", "")).strip()
    _check_names(auth, user, key_header)
    fields = fields_from(str(config.get("fields_text", "")))
    wants = auth != "none" or any("secret" in PLACE.findall(value) for _name, value in fields)
    if wants and not (secret or has_secret):
        raise RuleBroken(N_("Enter the password or token."), field="secret")
    country = str(config.get("country", "")).strip().lstrip("+")
    if country and not re.fullmatch(r"[1-9]\d{0,2}", country, re.ASCII):
        raise RuleBroken(N_("Write the calling code alone, such as 1 or 34."), field="country")
    answer_id = str(config.get("answer_id", "")).strip()
    if not re.fullmatch(r"[\w.\[\]-]{0,100}", answer_id):
        raise RuleBroken(N_("Write where the id stands, such as id or messages.0.id."), field="answer_id")
    honours = bool(config.get("honours_keys")) and bool(key_header or _in_body(fields))
    if config.get("honours_keys") and not honours:
        words = N_("To know a second copy the gateway must be told a key: name the header, or put {{id}} into a line.")
        raise RuleBroken(words, field="key_header")
    return {
        "url": url, "method": config.get("method"), "form": config.get("form"), "auth": auth, "user": user,
        "fields": fields, "key_header": key_header, "honours_keys": honours, "answer_id": answer_id, "inside": inside,
        "country": country,
    }  # fmt: skip


def _in_body(fields: Sequence[Sequence[str]]) -> bool:
    return any("id" in PLACE.findall(value) for _name, value in fields)


def _check_choices(config: Mapping[str, Any], auth: str) -> None:
    for name, value, choices in (
        ("method", config.get("method"), METHODS),
        ("form", config.get("form"), FORMS),
        ("auth", auth, AUTHS),
    ):
        if value not in choices:
            raise RuleBroken(N_("Choose one of the list."), field=name)


def _check_names(auth: str, user: str, key_header: str) -> None:
    if auth == "basic" and (not user or ":" in user or not user.isprintable()):
        raise RuleBroken(N_("Enter the user name; it has no colon."), field="user")
    if auth == "header" and (not HEADER.fullmatch(user) or user.lower() in OURS):
        raise RuleBroken(N_("Enter the name of the header, such as X-Api-Key."), field="user")
    if key_header and (not HEADER.fullmatch(key_header) or key_header.lower() in {*OURS, "authorization"}):
        raise RuleBroken(N_("Enter the name of a header, such as Idempotency-Key."), field="key_header")
