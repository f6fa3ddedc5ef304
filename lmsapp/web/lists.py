"""What pages with filters share: ids from an address, options for a facet, a sheet to download."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, stream_with_context
from werkzeug.datastructures import MultiDict

MOST = 200
UNSEEN = dict.fromkeys([*range(32), *range(127, 160)])


def numbers(values: Iterable[str]) -> tuple[int, ...]:
    """Ids of a list of words; what is no id is left out."""
    return tuple(int(value) for value in list(values)[:MOST] if value.isdecimal() and len(value) < 10)


def options(pairs: Iterable[tuple[Any, str]], chosen: Container[Any]) -> list[dict[str, Any]]:
    """(value, label) pairs as the facet macro takes them."""
    return [{"value": value, "label": label, "checked": value in chosen} for value, label in pairs]


def readable(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """The same without characters nobody can see: the database refuses some of them."""
    return MultiDict((name, value.translate(UNSEEN)) for name, value in args.items(multi=True))


def query_string(filters: Any, names: Mapping[str, str], changes: Mapping[str, Any]) -> str:
    """The query string of a dataclass of filters after `changes`, with '?'; what is as by default is left out. `names`:
    of fields in the address. Every change but of the page goes back to page 1."""
    filters = replace(filters, **{"page": 1, **changes})
    pairs: list[tuple[str, str]] = []
    for field in fields(filters):
        value = getattr(filters, field.name)
        if value == field.default:
            continue
        several = value if isinstance(value, tuple) else ("1",) if value is True else (value,)
        pairs += [(names[field.name], str(one)) for one in several]
    return "?" + urlencode(pairs) if pairs else ""


def csv_response(pieces: Iterator[str] | Iterator[bytes], name: str) -> Response:
    """A streamed CSV download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8", headers=headers)


def page_url(number: int) -> str:
    """The address of another page of the present list; every other word of the address stays as it is."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{request.path}?{urlencode([*pairs, ('page', str(number))])}"
