"""The bench at a small size: it runs, and its checks bite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.client import _problem
from bench.meter import cpu_ms
from bench.report import MARK, as_markdown, verdict, write
from bench.requests import Request
from tests.bench.small import small_bench


@pytest.mark.slow
def test_a_small_run_measures_every_operation_without_a_wrong_answer(tmp_path: Path) -> None:
    """OPS-1: every page of the table answers what it must at any size, and every write is found in the database."""
    said = small_bench(tmp_path, alone=True)
    for operation in (
        "student home",
        "course page",
        "lesson done",
        "quiz answer saved",
        "completion CSV",
        "daily job",
        "ceiling",
    ):
        assert operation in said
    assert "MB PSS" in said


@pytest.mark.pure
@pytest.mark.parametrize(
    ("status", "head", "body", "said"),
    [
        (200, b"", b"<h1>Ada</h1> 3 late", ""),
        (500, b"", b"<h1>Ada</h1> 3 late", "status 500"),
        (200, b"", b"<h1>Ben</h1> 3 late", "missing"),
        (200, b"", b"<h1>Ada</h1> 3 late 3 late", "occurs 2 times"),
    ],
)
def test_a_wrong_answer_is_told_from_a_right_one(status: int, head: bytes, body: bytes, said: str) -> None:
    """OPS-1: a fast wrong answer counts as an error."""
    request = Request("/learn", expect=["<h1>Ada</h1>"], count={"3 late": 1}).as_json()
    found = _problem(request, status, head, body)
    assert (said in found) if said else not found


@pytest.mark.pure
def test_work_of_children_that_ended_is_counted() -> None:
    """OPS-1: CPU of a process tree includes what is gone."""
    before = cpu_ms(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(n * n for n in range(3_000_000))"], check=True)
    assert cpu_ms(os.getpid()) - before >= 50


@pytest.mark.pure
def test_only_the_measured_part_is_replaced(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{MARK}\nold\n{MARK}\nafter\n")
    write(page, as_markdown([("a", "b"), ("home", verdict(10.0, 9))]))
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| home | **short** |" in text
