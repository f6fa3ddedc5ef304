"""Names of hosts as browsers compare them, and how far apart two of them are (SEC-3). Pure."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

LONGEST = 253
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_PORT = re.compile(r":(\d*)$")


class NotAHost(ValueError):
    """No browser would open it."""


class Nearness(StrEnum):
    """How far apart two names are to a browser."""

    SAME = "the same host"
    SIBLING = "one site"  # shares cookies of the parent domain, and SameSite does not tell them apart
    APART = "two sites"


def canonical(host: str) -> str:
    """The host (no port) as browsers compare it: lower case, no trailing dot, punycode, numbers as an IP address.

    IPv6 comes without brackets and shortened. Raises NotAHost.
    """
    text = host.strip().lower()
    if text.startswith("[") or text.count(":") > 1:
        return _six(text)
    try:
        text = text.rstrip(".").encode("idna").decode("ascii").rstrip(".").lower()
    except UnicodeError:
        raise NotAHost(host) from None
    labels = text.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return _four(text)
    if not text or len(text) > LONGEST or not all(_LABEL.fullmatch(one) for one in labels):
        raise NotAHost(host)
    return text


def _six(text: str) -> str:
    try:
        return ipaddress.IPv6Address(text.strip("[]").partition("%")[0]).compressed
    except ValueError:
        raise NotAHost(text) from None


def _four(text: str) -> str:
    """Browsers read 127.1, 0x7f.1 and 2130706433 as the same address; `inet_aton` does, too."""
    try:
        return socket.inet_ntoa(socket.inet_aton(text))
    except (OSError, UnicodeError):
        raise NotAHost(text) from None


def is_address(host: str) -> bool:
    """Whether a canonical host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a canonical host always means this machine: localhost, anything.localhost, 127.x.x.x, ::1."""
    if is_address(host):
        address = ipaddress.ip_address(host)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def nearness(one: str, other: str) -> Nearness:
    """Of two canonical hosts. Without a list of public suffixes: sharing two labels counts as one site, and so does
    one lying under the other; that may call two sites one (a.co.uk and b.co.uk), never the other way round."""
    if _same(one) == _same(other):
        return Nearness.SAME
    if is_address(one) or is_address(other):
        return Nearness.APART
    if one.endswith(f".{other}") or other.endswith(f".{one}"):
        return Nearness.SIBLING
    return Nearness.SIBLING if one.split(".")[-2:] == other.split(".")[-2:] else Nearness.APART


def _same(host: str) -> str:
    """An IPv4 address written as IPv6 leads to the same machine."""
    mapped = getattr(ipaddress.ip_address(host), "ipv4_mapped", None) if is_address(host) else None
    return str(mapped or host)


def host_of_header(header: str) -> str | None:
    """The canonical host of a `Host` header, whatever its port; None when there is none or it is no host."""
    without_port = _PORT.sub("", header.strip()) if header.count(":") == 1 or "]:" in header else header
    try:
        return canonical(without_port)
    except NotAHost:
        return None


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, canonical host and port of an address."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Origin:
        """Raises NotAHost for what is no http(s) address."""
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise NotAHost(address) from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NotAHost(address)
        return cls(parts.scheme, canonical(_bracketed(parts)), port or {"http": 80, "https": 443}[parts.scheme])

    def __str__(self) -> str:
        """As a browser writes it in an `Origin` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return f"{self.scheme}://{host}" + ("" if self.port == usual else f":{self.port}")


def _bracketed(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host
