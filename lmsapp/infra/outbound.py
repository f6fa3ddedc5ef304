"""Requests that leave the house, to addresses that staff typed in (REM-4, SEC-2).

Only http and https; no redirects; a whole request in bounded time and an answer of bounded size. The name is looked up
once, what it stands for is checked, and that very address is connected to, so that a name which points elsewhere a
moment later gains nothing. Addresses inside our own network are refused unless somebody said that it is there; those of
this machine's own link (cloud metadata lives there) always.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from lmsapp.infra import clock
from lmsapp.infra.outcomes import NotNow, Uncertain, told
from lmsapp.infra.words import N_, RuleBroken

CONNECT_S, WHOLE_S = 5.0, 20.0
MOST_BYTES = 64 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")
IP = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_REACHED = N_("It was not reached")
NO_SUCH_NAME = N_("There is no machine of that name")
IS_INSIDE = N_("This address leads into our own network. Tick that it is inside our network, if that is meant")
NEVER = N_("Nothing may be sent to an address of this kind")
NOT_SECURE = N_("A secure connection was not possible")
ANSWER_LOST = N_("The connection was lost before an answer came")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked. `path` has the query."""

    secure: bool
    host: str
    port: int
    path: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: the first 64 KiB."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def retry_after(self) -> dt.timedelta | None:
        """What the header says, in seconds or as a date (RFC 9110, 10.2.3); None where it says nothing we know."""
        given = self.headers.get("retry-after", "").strip()
        if given.isdecimal() and len(given) < 8:
            return dt.timedelta(seconds=int(given))
        try:
            return max(parsedate_to_datetime(given) - clock.now(), dt.timedelta(0))
        except (TypeError, ValueError):
            return None


def target_of(url: str, *, inside: bool, field: str = "url") -> Target:
    """The address, if its shape may be asked at all. Raises RuleBroken. What the name stands for is checked later."""
    parts = _split(url.strip(), field)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RuleBroken(N_("Give a whole address, such as https://gateway.example.com/messages."), field=field)
    if parts.username is not None or parts.password is not None:
        raise RuleBroken(N_("Leave name and password out of the address; there are fields for them."), field=field)
    if parts.scheme == "http" and not inside:
        raise RuleBroken(N_("Outside our network only https:// is safe: it carries passwords and names."), field=field)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, _ascii(parts.hostname, field), parts.port or (443 if secure else 80), path, inside)


def _split(url: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if not url.isprintable() or any(c.isspace() for c in url):
        parts = urlsplit("")
    if not parts.netloc.isascii() or url.isascii():
        return parts
    raise RuleBroken(N_("Write the address with plain letters only."), field=field)


def _ascii(host: str, field: str) -> str:
    try:
        return host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise RuleBroken(N_("There is no machine of that name"), field=field) from None


def look_up(host: str, port: int, *, inside: bool) -> tuple[int, str]:
    """Family and address to connect to, checked. Raises NotNow."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise NotNow(told(NO_SUCH_NAME, host), whole=True) from problem
    for _family, _type, _protocol, _name, address in found:  # one bad one is enough: no choosing among them
        words = _objection(ipaddress.ip_address(str(address[0]).partition("%")[0]), inside)
        if words:
            raise NotNow(told(words, host), whole=True)
    return found[0][0], str(found[0][4][0])


def _objection(address: IP, inside: bool) -> str | None:
    """Why it may not be asked, or None."""
    true = _embedded(address)
    if true.is_link_local or true.is_multicast or true.is_unspecified or (true.is_reserved and not true.is_private):
        return NEVER
    return None if inside or true.is_global else IS_INSIDE


def _embedded(address: IP) -> IP:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


class Link:
    """An open connection. One request; then it is closed."""

    def __init__(self, target: Target, connection: http.client.HTTPConnection):
        self._target, self._connection = target, connection

    def send(self, method: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send the request and read the answer. Raises NotNow while it is not sent whole, then Uncertain."""
        try:
            self._connection.request(method, self._target.path, body, dict(headers))
        except (OSError, http.client.HTTPException) as problem:
            raise NotNow(told(NOT_REACHED, problem), whole=True) from problem
        try:
            response = self._connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise Uncertain(told(ANSWER_LOST, problem)) from problem
        content = b""
        with suppress(OSError, http.client.HTTPException, ValueError):  # the status is what counts
            content = response.read(MOST_BYTES)
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


@contextmanager
def connection(target: Target) -> Iterator[Link]:
    """Connected, encrypted where it is https; nothing of the request is sent yet. Raises NotNow."""
    raw = _connect(target)
    try:
        open_socket = _encrypt(raw, target) if target.secure else raw
    except NotNow:
        raw.close()
        raise
    # However slowly the other side talks, after that long it is cut off.
    watch = threading.Timer(WHOLE_S, _cut, [open_socket])
    watch.daemon = True
    watch.start()
    made = http.client.HTTPConnection(target.host, target.port, timeout=WHOLE_S)
    made.sock, made.auto_open = open_socket, 0
    made.default_port = 443 if target.secure else 80
    try:
        yield Link(target, made)
    finally:
        watch.cancel()
        made.close()


def _connect(target: Target) -> socket.socket:
    family, address = look_up(target.host, target.port, inside=target.inside)
    raw = socket.socket(family, socket.SOCK_STREAM)
    raw.settimeout(CONNECT_S)
    try:
        raw.connect((address, target.port))
    except OSError as problem:
        raw.close()
        raise NotNow(told(NOT_REACHED, f"{target.host}, {problem}"), whole=True) from problem
    raw.settimeout(WHOLE_S)
    return raw


def _encrypt(raw: socket.socket, target: Target) -> ssl.SSLSocket:
    raw.settimeout(CONNECT_S)
    try:
        wrapped = ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)
    except (OSError, ValueError) as problem:
        raise NotNow(told(NOT_SECURE, f"{target.host}, {problem}"), whole=True) from problem
    wrapped.settimeout(WHOLE_S)
    return wrapped


def _cut(open_socket: socket.socket) -> None:
    with suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)
