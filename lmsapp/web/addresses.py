"""Where to go next, when an address says so: only inside the house (ASVS 3.7.2). What an id in one can be, and how
addresses are built."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import abort, request
from werkzeug.routing import IntegerConverter, Rule

# Browsers drop tabs and line breaks and read '\' as '/': whatever holds one of those is not ours.
PLAIN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\x9f\\\u2028\u2029\ufeff]*")


def local_path(address: str | None) -> str | None:
    """`address` if it is a path on this site (with query and fragment), else None."""
    if not address or len(address) > 2000 or not PLAIN_PATH.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    inside = (
        not parts.scheme and not parts.netloc and not re.match(r"/*%(2f|5c|09|0a|0d|00)", parts.path, re.IGNORECASE)
    )
    return address if inside else None


def form_page() -> str | None:
    """The page whose form this request came from, when it is one of ours: its path and query."""
    before = request.referrer or ""
    if not before.startswith(request.host_url):
        return None
    return local_path("/" + before.removeprefix(request.host_url))


class Id(IntegerConverter):
    """`<int:…>` of every address: what no row can have as its id leads nowhere (404) instead of to the database."""

    regex = r"[01]?\d{1,9}"


class LateRule(Rule):
    """What builds its address is compiled when one is first built. A program builds a few of a thousand; compiling all
    of them beforehand was nine tenths of what making the application took."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        name = "_build_unknown" if append_unknown else "_build"

        def build_first(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            build = super(LateRule, rule)._compile_builder(append_unknown).__get__(rule, None)
            setattr(rule, name, build)
            return build(**values)

        return build_first


def refuse_nul() -> None:
    """A zero byte is no text: PostgreSQL refuses it anywhere, so that it must not get that far."""
    if "\x00" in request.path or any("\x00" in word for pair in request.values.items(multi=True) for word in pair):
        abort(400)
