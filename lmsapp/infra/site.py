"""What the organisation set for this site, for code that has no request: names, addresses."""

from __future__ import annotations

from flask import current_app


def organisation() -> str:
    """The name on pages, letters and certificates."""
    return str(current_app.config["ORGANISATION"])


def address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{current_app.config['BASE_URL']}{path}"
