"""SEC-1: whose address counts. Behind no proxy nobody may say it themselves."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from lmsapp import create_app
from lmsapp.config import ConfigurationError, Settings
from lmsapp.infra.db import db
from lmsapp.people.accounts.models import SignInFailure
from lmsapp.people.accounts.rules import TRIES_PER_ADDRESS
from tests.client import PageClient
from tests.infra.test_config import PRODUCTION

FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


def keys_after(app: Flask, **headers: str) -> set[str]:
    client = PageClient(app)
    client.post("/sign-in", data={"email": "a@x.example", "password": "wrong"}, headers=headers)
    with app.app_context():
        return {key for key in db.session.scalars(select(SignInFailure.key)) if key.startswith("address/")}


def behind(own_app: Flask, proxies: int) -> Flask:
    app = create_app(dataclasses.replace(own_app.extensions["settings"], trusted_proxies=proxies))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_a_forged_address_changes_nothing(own_app: Flask) -> None:
    """SEC-1: with none before it, the connection's own address is counted."""
    assert keys_after(own_app, **FORGED) == {"address/127.0.0.1"}


def test_forging_does_not_help_past_the_limit(own_app: Flask) -> None:
    """SEC-1: another forged address with every try, and still one and the same limit."""
    client = PageClient(own_app)
    with own_app.app_context():
        db.session.execute(
            SignInFailure.__table__.insert(),  # type: ignore[attr-defined]
            [{"key": "address/127.0.0.1"} for _n in range(TRIES_PER_ADDRESS)],
        )
        db.session.commit()
    for n in range(3):
        answer = client.post(
            "/sign-in",
            data={"email": f"{n}@x.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{n}"},
        )
        assert answer.status_code == 429


def test_one_proxy_is_believed_about_one_step(own_app: Flask) -> None:
    """SEC-1: the last entry is the proxy's own word; what stands before it the visitor may have made up."""
    app = behind(own_app, 1)
    assert keys_after(app, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.4"}) == {"address/198.51.100.4"}
    with app.app_context():
        db.engine.dispose()


def test_the_host_is_never_taken_from_a_header(own_app: Flask) -> None:
    """SEC-6: links and redirects do not follow X-Forwarded-Host."""
    app = behind(own_app, 2)
    answer = app.test_client().get("/account", headers={**FORGED, "X-Forwarded-For": "1.2.3.4, 5.6.7.8"})
    assert answer.location == "/sign-in?next=/account"
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("value", ["-1", "many", "10", "1.5"])
def test_what_is_no_number_of_proxies(value: str) -> None:
    """SEC-5: the start is refused in words."""
    with pytest.raises(ConfigurationError, match="LMS_TRUSTED_PROXIES"):
        Settings.from_environment(PRODUCTION | {"LMS_TRUSTED_PROXIES": value})
    assert Settings.from_environment(PRODUCTION).trusted_proxies == 0
    assert Settings.from_environment(PRODUCTION | {"LMS_TRUSTED_PROXIES": "1"}).trusted_proxies == 1
