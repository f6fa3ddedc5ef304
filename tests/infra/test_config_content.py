"""SEC-3, SEC-5: production does not start with packages and people on one host, and says what to set."""

from __future__ import annotations

import logging

import pytest

from lmsapp import create_app
from lmsapp.config import ConfigurationError, Settings
from tests.infra.test_config import PRODUCTION

pytestmark = pytest.mark.pure

DEMO = {"LMS_DEMO": "1", "DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x", "PORT": "8112"}
GOOD = "https://content.elsewhere.example"


def read(**environ: str) -> Settings:
    return Settings.from_environment(PRODUCTION | environ)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("https://training.example.org", "same host"),
        ("https://training.example.org:8443", "Another port is not enough"),
        ("https://TRAINING.example.org.", "same host"),
        ("https://training.example.org/content", "without path"),
        ("https://x@content.elsewhere.example", "without path, query or user"),
        ("http://content.elsewhere.example", "must begin with https://"),
        ("https://127.0.0.1:9000", "this machine only"),
        ("https://packages.localhost", "this machine only"),
        ("content.elsewhere.example", "no address"),
        ("https://content..example", "no address"),
        ("https://content.example:port", "no address"),
    ],
)
def test_production_refuses(content: str, words: str) -> None:
    """SEC-3: each in words that name the setting."""
    with pytest.raises(ConfigurationError, match="LMS_CONTENT_URL") as caught:
        read(LMS_CONTENT_URL=content)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("base", "content"),
    [
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("http://127.0.0.1:8000", "http://0x7f.1:9000"),
        ("http://[::1]:8000", "http://[0:0::1]:9000"),
        ("http://127.0.0.1:8000", "http://[::ffff:127.0.0.1]:8000"),
        ("http://localhost:8000", "http://localhost.:9000"),
    ],
)
def test_production_is_not_fooled(base: str, content: str) -> None:
    """SEC-3: one host in two spellings is one host."""
    with pytest.raises(ConfigurationError, match="same host as BASE_URL"):
        read(BASE_URL=base, LMS_CONTENT_URL=content)


def test_what_production_accepts() -> None:
    """SEC-3: another site, or none at all: then there is no SCORM."""
    assert read(LMS_CONTENT_URL=f"{GOOD}/").content_url == GOOD
    assert read().content_url == ""
    assert read(BASE_URL="http://lms.internal", LMS_CONTENT_URL="https://scorm.elsewhere.example").content_url


def test_the_demo_has_two_names() -> None:
    """SEC-3: `./lms run` needs no setting; an address without another name means no SCORM."""
    assert Settings.from_environment(DEMO).content_url == "http://localhost:8112"
    named = Settings.from_environment(DEMO | {"BASE_URL": "http://localhost:8112"})
    assert named.content_url == "http://127.0.0.1:8112"
    assert Settings.from_environment(DEMO | {"BASE_URL": "http://192.168.1.5:8112"}).content_url == ""


@pytest.mark.parametrize(
    "source",
    ["*", "https:", "http://cdn.example", "https://cdn.example/path", "https://*", "https://training.example.org",
     "https://*.example.org", "'unsafe-eval'", "https://a.example;script-src"],
)  # fmt: skip
def test_sources_are_hosts_and_never_ours(source: str) -> None:
    """SEC-3: what content may load from elsewhere is named one by one."""
    with pytest.raises(ConfigurationError, match="LMS_CONTENT_SOURCES"):
        read(LMS_CONTENT_URL=GOOD, LMS_CONTENT_SOURCES=f"https://fine.example {source}")


def test_sources_that_are_accepted() -> None:
    """SEC-3: hosts by https, with a wildcard for what lies below one; useless without content."""
    named = read(LMS_CONTENT_URL=GOOD, LMS_CONTENT_SOURCES="https://cdn.example https://*.media.example:8443")
    assert named.content_sources == ("https://cdn.example", "https://*.media.example:8443")
    with pytest.raises(ConfigurationError, match="LMS_CONTENT_SOURCES is set without LMS_CONTENT_URL"):
        read(LMS_CONTENT_SOURCES="https://cdn.example")


def test_a_sibling_is_allowed_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """SEC-3: the log says why another site is better; with another site it says nothing."""
    with caplog.at_level(logging.WARNING, "lmsapp"):
        create_app(read(LMS_CONTENT_URL=GOOD))
        assert not caplog.messages
        create_app(read(LMS_CONTENT_URL="https://content.example.org"))
    assert "shares a site with BASE_URL" in caplog.text
