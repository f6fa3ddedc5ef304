"""What the server serves in a run: the product, and beside it the ceiling.

The ceiling is what this stack can do at best: one indexed query, and a page of a given size that was rendered before.
No session, no rights, no template.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, Response
from sqlalchemy import select

from lmsapp.infra.db import db
from lmsapp.people.accounts.models import User
from wsgi import app as product

PREFIX = "/bench/"
ceiling = Flask("ceiling")
ceiling.config |= {
    name: product.config[name] for name in ("SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_ENGINE_OPTIONS", "SECRET_KEY")
}
db.init_app(ceiling)


@ceiling.get(f"{PREFIX}page/<int:size>/<int:user_id>")
def page(size: int, user_id: int) -> Response:
    name = db.session.execute(select(User.name).where(User.id == user_id)).scalar_one()
    return Response(rendered(size) + name.encode(), content_type="text/html; charset=utf-8")


@lru_cache(maxsize=32)
def rendered(size: int) -> bytes:
    return (b"<p>rendered before</p>" * (size // 22 + 1))[:size]


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The product as it is, but for addresses that begin with /bench/."""
    served = ceiling if environ["PATH_INFO"].startswith(PREFIX) else product
    return served.wsgi_app(environ, start_response)
