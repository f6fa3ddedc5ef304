"""What the organisation set for this site, for code that has no request: names, addresses."""

from __future__ import annotations

import hmac

from flask import current_app


def organisation() -> str:
    """The name on pages, letters and certificates."""
    return str(current_app.config["ORGANISATION"])


def time_zone() -> str:
    """Where the organisation's days end."""
    return str(current_app.config["TIME_ZONE"])


def address(path: str) -> str:
    """The whole address of a path of this site."""
    return f"{current_app.config['BASE_URL']}{path}"


def key_for(purpose: str) -> bytes:
    """A key of its own for each purpose: what is made with one says nothing about SECRET_KEY or another."""
    return hmac.digest(str(current_app.config["SECRET_KEY"]).encode(), f"key for {purpose}".encode(), "sha256")
