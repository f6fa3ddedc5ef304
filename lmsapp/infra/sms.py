"""Handing a text message to an HTTP gateway, as its settings say (REM-4).

The body is a list of names and values with places in them, those of PLACES: no logic, nothing
else is ever filled in. In JSON a name may lead inwards: 'messages[].to[].number' is a list of one in a list of one.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lmsapp.infra import outbound
from lmsapp.infra.outbound import Answer, Link
from lmsapp.infra.outcomes import NotNow, Refused, Uncertain, told
from lmsapp.infra.words import N_

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
PLACES = ("to", "digits", "text", "id", "secret")
SAYS = {"true": True, "false": False}

NOT_LET_IN = N_("The gateway did not let us in: check its address, name and password")
NO_CREDIT = N_("The gateway wants to be paid first")
SLOWER = N_("The gateway asks us to send more slowly")
BUSY = N_("The gateway has trouble of its own")
REFUSED = N_("The gateway does not take this message")
ELSEWHERE = N_("The gateway sends us to another address. Enter that one, if it is right")
NOT_KNOWN = N_("Something before the gateway answered in its place; nobody knows whether it took the message")


@dataclass(frozen=True, slots=True)
class Gateway:
    """`auth`: 'none', 'basic' (`user` and secret), 'bearer' or 'header' (`user` is its name). `form`: 'json' or 'form';
    with the method GET the fields go into the address. `answer_id`: where an answer has its id ('messages.0.id')."""

    url: str
    method: str = "POST"
    form: str = "json"
    auth: str = "none"
    user: str = ""
    fields: Sequence[tuple[str, str]] = ()
    key_header: str = "Idempotency-Key"
    answer_id: str = ""
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """`to` in E.164; `key` by which the gateway knows a second copy."""

    to: str
    text: str
    key: str


class Hand:
    """A connection to the gateway and a message ready to go."""

    def __init__(self, gateway: Gateway, secret: str, text: Text, link: Link):
        self._gateway, self._secret, self._text, self._link = gateway, secret, text, link

    def over(self) -> str | None:
        """Send it. The gateway's own id for it, where it says one. Raises Refused, NotNow, Uncertain."""
        headers, body = request_for(self._gateway, self._secret, self._text)
        answer = self._link.send(self._gateway.method, headers, body)
        check_answer(answer)
        return id_in(answer, self._gateway.answer_id)


@contextmanager
def connection(gateway: Gateway, secret: str, text: Text) -> Iterator[Hand]:
    """Raises NotNow when the gateway is not reached, RuleBroken for an address nobody may ask."""
    url = gateway.url
    if gateway.method == "GET":
        url += ("&" if "?" in url else "?") + urlencode(_filled(gateway, secret, text))
    with outbound.connection(outbound.target_of(url, inside=gateway.inside)) as link:
        yield Hand(gateway, secret, text, link)


def request_for(gateway: Gateway, secret: str, text: Text) -> tuple[dict[str, str], bytes | None]:
    """Headers and body."""
    headers = {"User-Agent": "lms", "Accept": "application/json, */*", **_authorisation(gateway, secret)}
    if gateway.key_header:
        headers[gateway.key_header] = text.key
    if gateway.method == "GET":
        return headers, None
    filled = _filled(gateway, secret, text)
    if gateway.form == "form":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers, urlencode(filled).encode()
    headers["Content-Type"] = "application/json"
    return headers, json.dumps(nested(filled), ensure_ascii=False).encode()


def _authorisation(gateway: Gateway, secret: str) -> dict[str, str]:
    if gateway.auth == "basic":
        return {"Authorization": f"Basic {base64.b64encode(f'{gateway.user}:{secret}'.encode()).decode()}"}
    if gateway.auth == "bearer":
        return {"Authorization": f"Bearer {secret}"}
    return {gateway.user: secret} if gateway.auth == "header" else {}


def _filled(gateway: Gateway, secret: str, text: Text) -> list[tuple[str, str]]:
    values = {"to": text.to, "digits": text.to.removeprefix("+"), "text": text.text, "id": text.key, "secret": secret}
    return [(name, fill(value, values)) for name, value in gateway.fields]


def fill(template: str, values: Mapping[str, str]) -> str:
    """Each {{place}} by its value, once: what a value says is never looked at again."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), template)


def nested(fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Names with dots as objects in objects; 'name[]' as a list of one."""
    whole: dict[str, Any] = {}
    for name, value in fields:
        at, steps = whole, name.split(".")
        for step in steps[:-1]:
            at = _into(at, step)
        last, said = steps[-1], SAYS.get(value, value)
        at[last.removesuffix("[]")] = [said] if last.endswith("[]") else said
    return whole


def _into(at: dict[str, Any], step: str) -> dict[str, Any]:
    name = step.removesuffix("[]")
    if not step.endswith("[]"):
        found = at.setdefault(name, {})
    else:
        held = at.setdefault(name, [{}])
        found = held[0] if isinstance(held, list) else held
    if not isinstance(found, dict):
        found = at[name] = {}  # a name used both ways: the later one counts
    return found


def check_answer(answer: Answer) -> None:
    """Raises what the status means. 502 and 504 come from something in between: it may have been taken."""
    status, said = answer.status, f"{answer.status} {answer.text}"
    if 200 <= status < 300:
        return
    if status < 400:
        raise NotNow(told(ELSEWHERE, f"{status} {answer.headers.get('location', '')}"), whole=True)
    if status == 429:
        raise NotNow(told(SLOWER, said), whole=True, after=answer.retry_after)
    if status in (401, 403, 404, 405, 407):
        raise NotNow(told(NOT_LET_IN, said), whole=True)
    if status == 402:
        raise NotNow(told(NO_CREDIT, said), whole=True)
    if status in (502, 504):
        raise Uncertain(told(NOT_KNOWN, said))
    if status >= 500 or status == 408:
        raise NotNow(told(BUSY, said), whole=True, after=answer.retry_after)
    raise Refused(told(REFUSED, said))


def id_in(answer: Answer, where: str) -> str | None:
    """What stands at 'messages.0.id' of a JSON answer; None where there is nothing of the kind."""
    if not where:
        return None
    try:
        found: Any = json.loads(answer.body)
        for step in where.replace("[]", ".0").split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, LookupError, TypeError):
        return None
    return str(found)[:200] if isinstance(found, str | int) else None
