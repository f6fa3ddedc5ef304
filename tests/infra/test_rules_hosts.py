"""SEC-3: two names are one host, one site or two, as browsers see them."""

from __future__ import annotations

import pytest

from lmsapp.infra.content_host import derived
from lmsapp.infra.hosts import Nearness, NotAHost, Origin, canonical, host_of_header, is_loopback, nearness

LMS, SCORM = "training.company.example", "content.other.example"


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Training.Company.EXAMPLE", LMS),
        ("training.company.example.", LMS),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("127.1", "127.0.0.1"),
        ("0x7f.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[fe80::1%25eth0]", "fe80::1"),
        ("LOCALHOST.", "localhost"),
    ],
)
def test_one_host_in_many_spellings(written: str, host: str) -> None:
    """SEC-3: case, dots, umlauts and numbers hide nothing."""
    assert canonical(written) == host


@pytest.mark.parametrize(
    "written", ["", ".", "a..b", "a b", "a/b", "u@h", "-a.example", "999.1.1.1.1", "[::g]", "x" * 300]
)
def test_no_host(written: str) -> None:
    with pytest.raises(NotAHost):
        canonical(written)


@pytest.mark.parametrize(
    ("header", "host"),
    [
        (f"{LMS}:8443", LMS),
        (f"{LMS.upper()}.:443", LMS),
        (f"{LMS}:", LMS),
        ("[::1]:8000", "::1"),
        ("127.0.0.1:8000", "127.0.0.1"),
        (f"{LMS}, {SCORM}", None),
        (f"{LMS}@{SCORM}:80:80", None),
        ("", None),
    ],
)
def test_host_headers(header: str, host: str | None) -> None:
    """SEC-3: with or without port, in capitals, with a dot; two at once are none."""
    assert host_of_header(header) == host


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        (LMS, LMS, Nearness.SAME),
        ("127.0.0.1", "::ffff:127.0.0.1", Nearness.SAME),
        (LMS, "content.company.example", Nearness.SIBLING),
        (LMS, "scorm.training.company.example", Nearness.SIBLING),
        ("company.example", "scorm.company.example", Nearness.SIBLING),
        ("scorm.company.example", "company.example", Nearness.SIBLING),
        (LMS, SCORM, Nearness.APART),
        ("localhost", "127.0.0.1", Nearness.APART),
        ("10.0.0.1", "10.0.0.2", Nearness.APART),
        ("intranet", "content", Nearness.APART),
        ("a.localhost", "localhost", Nearness.SIBLING),
    ],
)
def test_how_far_apart(one: str, other: str, how: Nearness) -> None:
    """SEC-3: whichever is named first."""
    assert nearness(one, other) is how
    assert nearness(other, one) is how


def test_loopback_and_origins() -> None:
    """SEC-3: names of this machine; the demo has two of them for browsers; origins as browsers write them."""
    assert all(map(is_loopback, ("localhost", "x.localhost", "127.9.9.9", "::1", "::ffff:7f00:1")))
    assert not any(map(is_loopback, (LMS, "10.0.0.1", "localhost.example")))
    assert derived("http://localhost:8112") == "http://127.0.0.1:8112"
    assert derived("http://127.0.0.1") == "http://localhost"
    assert derived("http://192.168.1.5:8000") == derived("nothing") == ""
    assert str(Origin.of("HTTPS://Content.Other.Example:443")) == "https://content.other.example"
    assert str(Origin.of("http://[::1]:8000")) == "http://[::1]:8000"
