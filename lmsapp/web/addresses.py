"""Where to go next, when an address says so: only inside the house (ASVS 3.7.2). And what an id in one can be."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import abort, request
from werkzeug.routing import IntegerConverter

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


class Id(IntegerConverter):
    """`<int:…>` of every address: what no row can have as its id leads nowhere (404) instead of to the database."""

    regex = r"[01]?\d{1,9}"


def refuse_nul() -> None:
    """A zero byte is no text: PostgreSQL refuses it anywhere, so that it must not get that far."""
    if "\x00" in request.path or any("\x00" in word for pair in request.values.items(multi=True) for word in pair):
        abort(400)
