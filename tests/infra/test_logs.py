"""OPS-3: what others send cannot write a line of the log (ASVS 16.4.1)."""

from __future__ import annotations

import io
import logging

import pytest

from lmsapp.infra.tracing import number_logs

pytestmark = pytest.mark.pure


def test_an_address_begins_no_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """OPS-3: line ends, escapes of terminals and what turns writing round are shown; a trace of ours keeps its lines."""
    number_logs()
    log, out = logging.getLogger("lmsapp"), io.StringIO()
    handler = next(one for one in log.handlers if isinstance(one, logging.StreamHandler))
    monkeypatch.setattr(handler, "stream", out)
    hostile = "/x\r\n2026-11-29 ERROR lmsapp forged\x1b[2J\u202e\u2028é"
    log.warning("refused %s %s", "POST", hostile)
    line = out.getvalue()
    assert line.count("\n") == 1
    assert "refused POST /x\\r\\n2026-11-29 ERROR lmsapp forged\\x1b[2J\\u202e\\u2028é" in line
    try:
        raise ValueError("a mistake")
    except ValueError:
        log.exception("failed")
    assert "failed\nTraceback (most recent call last):\n" in out.getvalue()
