"""For libraries that run an event loop of their own: a browser test may have left one running in this thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def without_a_loop(call: Callable[[], T]) -> T:
    """What `call` answers, asked in a thread that has no loop."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(call).result()
