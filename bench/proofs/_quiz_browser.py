"""One attempt in a real Chromium with the product's own page, through the proxy."""

from __future__ import annotations

from bench.proofs._faults import Proxy
from bench.proofs._live import Live
from bench.proofs._quiz_oracle import Expected
from bench.proofs._quiz_scene import Attempt


def taken_in_chromium(served: Live, proxy: Proxy, attempt: Attempt, seed: int) -> Expected:
    raise NotImplementedError
