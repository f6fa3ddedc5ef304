"""SEC-5: secrets come from the environment, and outside the demo none has a default."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lmsapp.config import DEMO_SECRET, ConfigurationError, Settings

pytestmark = pytest.mark.pure

PRODUCTION = {
    "SECRET_KEY": "k3Jd93kdLs02mVne8wQpZx7cRtYuIoPa",
    "DATABASE_URL": "postgresql://lms@db/lms",
    "REDIS_URL": "redis://queue:6379/0",
    "BASE_URL": "https://training.example.org/",
}


def test_production_needs_no_more_than_four_settings() -> None:
    """SEC-5: with these it starts, on secure cookies."""
    settings = Settings.from_environment(PRODUCTION)
    assert not settings.demo
    assert settings.base_url == "https://training.example.org"
    assert settings.as_flask_config()["SESSION_COOKIE_SECURE"] is True
    assert settings.as_flask_config()["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize("name", PRODUCTION)
def test_refuses_to_start_without(name: str) -> None:
    """SEC-5: each missing setting is named, with what to set."""
    with pytest.raises(ConfigurationError, match=f"{name} is not set. Set it to "):
        Settings.from_environment({key: value for key, value in PRODUCTION.items() if key != name})


@pytest.mark.parametrize("weak", [DEMO_SECRET, "short", "a" * 64, "  "])
def test_refuses_a_weak_secret(weak: str) -> None:
    """SEC-5: the demo's, a short or a monotonous secret protects nothing."""
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        Settings.from_environment(PRODUCTION | {"SECRET_KEY": weak})


def test_names_everything_that_is_wrong_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_environment({"SMTP_PORT": "mail", "LMS_TIME_ZONE": "Mars/Olympus", "SMTP_STARTTLS": "maybe"})
    for name in (*PRODUCTION, "SMTP_PORT", "LMS_TIME_ZONE", "SMTP_STARTTLS"):
        assert name in str(caught.value)


def test_the_demo_needs_only_its_servers() -> None:
    settings = Settings.from_environment(
        {"LMS_DEMO": "1", "DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x", "PORT": "8010", "LMS_DATA": "d"}
    )
    assert settings.organisation == "Northgate Hospital"
    assert (settings.base_url, settings.content_url) == ("http://127.0.0.1:8010", "http://localhost:8010")
    assert not settings.secure_cookies
    assert settings.data_dir == Path("d").resolve()


def test_settings_do_not_change() -> None:
    settings = Settings.from_environment(PRODUCTION)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]


def test_only_a_demo_runs_ahead_of_the_clock() -> None:
    """EVD-1: records bear the true time; a clock that runs ahead is for looking at what comes due."""
    with pytest.raises(ConfigurationError, match="for demos only"):
        Settings.from_environment(PRODUCTION | {"LMS_DAYS_AHEAD": "3"})
    demo = {"LMS_DEMO": "1", "DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x", "LMS_DAYS_AHEAD": "330"}
    assert Settings.from_environment(demo).days_ahead == 330
