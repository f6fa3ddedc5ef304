"""The virus scanner, spoken to over a real socket (HRD-2, SEC-6)."""

from __future__ import annotations

import time

import pytest

from lmsapp.infra.scanning import ScannerAway, ask
from tests.infra.clamd import EICAR, clamd


def test_what_the_scanner_says() -> None:
    """SEC-6: clean, infected with its name, too large for it; slow, and gone: nobody has looked."""
    with clamd() as server:
        assert ask(server.address, [b"harmless " * 20_000, b"end"]).state == "clean"
        assert server.seen == [9 * 20_000 + 3], "every byte arrived, in pieces"
        found = ask(server.address, [b"x" * 100, EICAR])
        assert (found.state, found.words) == ("infected", "Eicar-Test-Signature")
        server.most = 1000
        assert ask(server.address, [b"y" * 500_000]).state == "failed"
        server.most, server.slow_s = 1 << 20, 4
        began = time.monotonic()
        with pytest.raises(ScannerAway):
            ask(server.address, [b"z"], within_s=0.15)
        assert time.monotonic() - began < 3
        address = server.address
    with pytest.raises(ScannerAway):
        ask(address, [b"z"])
    with pytest.raises(ScannerAway):
        ask("/nowhere/clamd.sock", [b"z"])
