"""Where SCORM content may live: on a host that shares nothing with ours (SEC-3, SCO-4). Pure.

Content is other people's script. What keeps it from the learner's session is the browser's wall between sites: another
port is no wall (cookies ignore ports), a sibling subdomain a thin one (cookies of the parent domain, SameSite).
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lmsapp.infra.hosts import Nearness, NotAHost, Origin, is_loopback, nearness

NAME = "LMS_CONTENT_URL"
EXAMPLE = "https://training-content.example.net"
DEMO_HOST = "127.0.0.1"  # its other name is where content lives
OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
_SOURCE = re.compile(r"https://(\*\.)?[^/?#@\s;,'\"*]+")


def derived(base_url: str) -> str:
    """For a demo: the other name of this machine, which browsers take for another site; '' where there is none."""
    try:
        base = Origin.of(base_url)
    except NotAHost:
        return ""
    other = OTHER_NAME.get(base.host)
    return str(Origin(base.scheme, other, base.port)) if other else ""


def problems(content_url: str, base_url: str) -> list[str]:
    """Why the content may not live there, in words that say what to set; empty: it may."""
    try:
        content = Origin.of(content_url)
    except NotAHost:
        return [f"{NAME} is {content_url!r}, which is no address. Set it as {EXAMPLE}, or leave it out for no SCORM."]
    parts = urlsplit(content_url)
    found = []
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        found.append(f"{NAME} must be a host only, without path, query or user. Set it to {content}.")
    try:
        base = Origin.of(base_url)
    except NotAHost:
        return found  # BASE_URL has a complaint of its own
    if nearness(base.host, content.host) is Nearness.SAME:
        found.append(
            f"{NAME} has the same host as BASE_URL ({base.host}): scripts in packages could act as the learner. "
            f"Another port is not enough. Set it to a host of another site, as {EXAMPLE}, or leave it out for no SCORM."
        )
    if base.scheme == "https" and content.scheme != "https":
        found.append(f"{NAME} must begin with https:// as BASE_URL does; browsers show nothing else in such a page.")
    if is_loopback(content.host) and not is_loopback(base.host):
        found.append(f"{NAME} leads to this machine only ({content.host}). Set it to a name that learners can open.")
    return found


def is_sibling(content_url: str, base_url: str) -> bool:
    """Whether the two hosts are one site to a browser: allowed, with a warning."""
    return nearness(Origin.of(base_url).host, Origin.of(content_url).host) is Nearness.SIBLING


def source_problems(sources: tuple[str, ...], base_url: str, content_url: str) -> list[str]:
    """What may not stand in LMS_CONTENT_SOURCES: only https hosts, and never ours."""
    found = [
        f"LMS_CONTENT_SOURCES names {one!r}; name hosts as https://cdn.example.org or https://*.example.org, "
        "separated by spaces."
        for one in sources
        if not _is_source(one)
    ]
    ours = _host(base_url)
    for one in filter(_is_source, sources):
        host = _host(one.replace("*.", ""))
        if host == ours or ("*." in one and ours.endswith(f".{host}")):
            found.append(f"LMS_CONTENT_SOURCES names {one!r}, which covers BASE_URL: content must never call us.")
    if sources and not content_url:
        found.append(f"LMS_CONTENT_SOURCES is set without {NAME}. Set both, or neither.")
    return found


def _is_source(text: str) -> bool:
    return _SOURCE.fullmatch(text) is not None and _host(text.replace("*.", "", 1)) != ""


def _host(address: str) -> str:
    try:
        return Origin.of(address).host
    except NotAHost:
        return ""
