"""Further ways out through one library, Apprise (REM-4): Teams, Discord, Telegram, Matrix, Mattermost, ntfy and so on.

Only services of the list below, by a whole address that is a secret: no file of ours, no program, no address that
the library would fetch something from. It makes its own requests; each connection it opens passes the same check as
ours do (`outbound.look_up`), and none is redirected.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lmsapp.infra import outbound
from lmsapp.infra.outcomes import NotNow, Uncertain, told
from lmsapp.infra.words import N_, RuleBroken

# By what the address begins with.
SERVICES: dict[str, str] = {
    "workflow": "Microsoft Teams", "workflows": "Microsoft Teams", "discord": "Discord", "tgram": "Telegram",
    "matrix": "Matrix", "matrixs": "Matrix", "mmost": "Mattermost", "mmosts": "Mattermost", "ntfy": "ntfy",
    "ntfys": "ntfy", "gchat": "Google Chat", "wxteams": "Webex", "webex": "Webex", "json": "JSON", "jsons": "JSON",
}  # fmt: skip
PLAIN = frozenset({"matrix", "mmost", "ntfy", "json"})  # not encrypted: inside the house only
# What may stand behind the '?'. Not: what reads a file, fetches a picture or template, or trusts any certificate.
PARAMETERS = re.compile(
    "to|from|name|mode|user|pass|password|channels?|team|botname|tts|avatar|footer|thread|topic|silent|preview|priority"
    "|x?tags|click|token|auth|id|pa|powerautomate|sig|ver|workspace|key|path|version|msgtype|method|ping|format|wrap"
    "|[-+:].*",
    re.IGNORECASE,
)
NOT_THAT_SERVICE = N_("This service is not one of those we send to. The help page lists them.")
NOT_THAT_PARAMETER = N_("The address may not say “%(name)s”.")
NOT_UNDERSTOOD = N_("This address is not complete. Compare it with the example for its service.")
NOT_PLAIN = N_("Outside our network only the encrypted form is safe: write %(scheme)s:// instead.")

NOT_TAKEN = N_("The service did not take it")
NOT_REACHED = N_("It was not reached")
NOT_KNOWN = N_("The connection was lost before an answer came")
CONNECT_S, READ_S = 5.0, 15.0
A_STATUS = re.compile(r"error=(\d{3})")


@dataclass
class Watch:
    """What happened on the network while the library was at it."""

    inside: bool
    connected: bool = False
    objections: list[str] = field(default_factory=list)


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


class Forbidden(OSError):
    """An address nobody may ask; the library takes it for one that does not answer."""


@lru_cache(maxsize=1)
def _library() -> ModuleType:
    """Apprise, with the check before each connection. Loaded by the first who needs it: it takes 40 MB."""
    apprise, network = import_module("apprise"), import_module("urllib3.util.connection")
    connect = network.create_connection

    def watched(address: tuple[str, int], *given: Any, **named: Any) -> Any:
        watch = _watch.get()
        if watch is None:
            return connect(address, *given, **named)
        made = connect((_checked(watch, *address), address[1]), *given, **named)
        watch.connected = True
        return made

    network.create_connection = watched  # type: ignore[attr-defined]
    return apprise


def _checked(watch: Watch, host: str, port: int) -> str:
    """The address to connect to. Looked up here and nowhere else."""
    try:
        return outbound.look_up(host, port, inside=watch.inside)[1]
    except NotNow as objection:
        watch.objections.append(str(objection))
        raise Forbidden(str(objection)) from objection


def check_address(url: str, *, inside: bool) -> str:
    """The name of the service. Raises RuleBroken for an address that may not be used or is not complete."""
    try:
        parts = urlsplit(url)
        names = [name for name, _value in parse_qsl(parts.query, keep_blank_values=True)]
    except ValueError:
        raise RuleBroken(NOT_UNDERSTOOD, field="secret") from None
    scheme = parts.scheme.lower()
    if scheme not in SERVICES or not url.isprintable():
        raise RuleBroken(NOT_THAT_SERVICE, field="secret")
    if scheme in PLAIN and not inside:
        raise RuleBroken(NOT_PLAIN, field="secret", scheme=f"{scheme}s")
    for name in names:
        if not PARAMETERS.fullmatch(name):
            raise RuleBroken(NOT_THAT_PARAMETER, field="secret", name=name)
    if _plugin(url) is None:
        raise RuleBroken(NOT_UNDERSTOOD, field="secret")
    return SERVICES[scheme]


def notify(url: str, title: str, text: str, *, inside: bool) -> None:
    """Hand it over. Raises RuleBroken as `check_address`, NotNow, and Uncertain when an answer was lost on the way."""
    check_address(url, inside=inside)
    plugin = _plugin(url)
    assert plugin is not None
    with _watching(inside) as watch, _library().LogCapture(level=logging.WARNING) as said:
        taken = plugin.notify(title=title, body=text, body_format="text")
        lines = said.getvalue().strip().splitlines()
    if taken:
        return
    words = lines[-1].rpartition(" - ")[2] if lines else ""
    if watch.objections:
        raise NotNow(watch.objections[0], whole=True)
    if not watch.connected:
        raise NotNow(told(NOT_REACHED, words), whole=True)
    if A_STATUS.search(words):
        raise NotNow(told(NOT_TAKEN, words), whole=True)
    raise Uncertain(told(NOT_KNOWN, words))


@contextmanager
def _watching(inside: bool) -> Iterator[Watch]:
    watch = Watch(inside)
    before = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(before)


def _plugin(url: str) -> Any:
    apprise = _library()
    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True, http_redirects=False, plugin_paths=[])
    limited = f"{url}{'&' if '?' in url else '?'}cto={CONNECT_S}&rto={READ_S}"
    return apprise.Apprise.instantiate(limited, asset=asset, suppress_exceptions=True)
