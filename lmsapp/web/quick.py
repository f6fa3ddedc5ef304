"""Shorter ways for what a page asks a hundred times and always gets the same answer to: addresses, icons, macros."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, request
from jinja2 import Template
from markupsafe import Markup

KEPT_ADDRESSES = 8192
PLAIN = frozenset((int, str))


class QuickTemplate(Template):
    """A file of macros is made once. Jinja looks through all names at each import, to see whether a page was loaded
    with globals of its own; none is here."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return self._module if self._module is not None else super()._get_default_module()


def remember_addresses(app: Flask) -> Callable[..., str]:
    """`url_for` for templates. Only whole endpoints with plain values are remembered: they decide the address alone,
    but for where the application is mounted."""
    build = app.url_for

    @lru_cache(maxsize=KEPT_ADDRESSES)
    def kept(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return build(endpoint, **dict(values))

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint[0] == "." or not PLAIN.issuperset(map(type, values.values())):
            return build(endpoint, **values)
        return kept(request.root_path, endpoint, tuple(values.items()))

    return url_for


def icon(sprite: str, name: str, extra: str = "", label: str | None = None) -> Markup:
    """One icon of the sprite, see components/icon.html. Kept by plain words only: markup is equal to its text."""
    if label is None and type(name) is str and type(extra) is str:
        return _plain_icon(sprite, name, extra)
    return _drawn(sprite, name, extra, label)


@lru_cache(maxsize=512)
def _plain_icon(sprite: str, name: str, extra: str) -> Markup:
    return _drawn(sprite, name, extra, None)


def _drawn(sprite: str, name: str, extra: str, label: str | None) -> Markup:
    shape = Markup('<svg class="i{}" {}><use href="{}#{}"/></svg>')
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return shape.format(f" {extra}" if extra else "", said, sprite, name)
