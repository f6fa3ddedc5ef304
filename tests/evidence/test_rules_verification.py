"""What follows without a database: marks, health, what may be gone (EVD-2, EVD-3)."""

from __future__ import annotations

import datetime as dt
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from lmsapp.evidence.ledger.checking.findings import WORDS, Finding
from lmsapp.evidence.ledger.checking.records import stretches
from lmsapp.evidence.ledger.checking.rules import gone_rightly, salt_gone_rightly
from lmsapp.evidence.sealed_tables.rules import MARK, differences
from lmsapp.evidence.verifications.rules import Health, health_of

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
ROWS = st.dictionaries(st.integers(-(2**63), 2**63 - 1), st.binary(max_size=4), max_size=8)


def marks(rows: dict[int, bytes]) -> bytes:
    return b"".join(MARK.pack(number, hashlib.sha256(rows[number]).digest()) for number in sorted(rows))


@given(ROWS, ROWS)
def test_marks_tell_each_row_that_differs(before: dict[int, bytes], now: dict[int, bytes]) -> None:
    """EVD-3: changed, removed and added rows are named by their numbers; nothing else is."""
    told = {(one.what, one.number) for one in differences(marks(before), marks(now))}
    removed = {("entry removed", number) for number in before.keys() - now.keys()}
    added = {("entry added", number) for number in now.keys() - before.keys()}
    changed = {("entry changed", n) for n in before.keys() & now.keys() if before[n] != now[n]}
    assert told == removed | added | changed
    gone_is_fine = {(one.what, one.number) for one in differences(marks(before), marks(now), may_go=True)}
    assert gone_is_fine == added | changed


def test_a_row_or_a_salt_may_be_gone_when_that_is_on_record() -> None:
    """EVD-2, EVD-6: only after a disposal, only after an erasure."""
    assert gone_rightly(["issued", "disposed"])
    assert not gone_rightly(["disposed", "issued"])
    assert not gone_rightly([])
    assert salt_gone_rightly(["issued", "revoked", "erased"], 0)
    assert not salt_gone_rightly(["issued", "erased", "revoked"], 2)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=6))
def test_stretches_cover_every_number_once(cuts: list[int]) -> None:
    """EVD-2: no record falls between two stretches, whatever its number."""
    found = stretches(cuts)
    for number in (*cuts, 0, -(2**63), 2**63 - 1):
        fits = [1 for low, high in found if (low is None or number >= low) and (high is None or number < high)]
        assert fits == [1]


def test_health_says_the_worst_first() -> None:
    """EVD-2: a finding is shown whatever else holds."""
    day = dt.timedelta(days=1)
    assert health_of(1, 1, NOW, None, NOW) is Health.BROKEN
    assert health_of(1, 0, NOW, None, NOW) is Health.ANSWERED
    assert health_of(0, 0, NOW, NOW - day, NOW) is Health.STUCK
    assert health_of(0, 0, None, None, NOW) is Health.UNKNOWN
    assert health_of(0, 0, NOW - 2 * day, None, NOW) is Health.OVERDUE
    assert health_of(0, 0, NOW - day, NOW, NOW) is Health.WELL


def test_a_finding_has_words_and_the_same_key_each_time() -> None:
    """EVD-2: found again it is the same finding, though it has waited longer."""
    first = Finding("event late", ("completion_record", 3), {"event": 9, "since": "a"})
    assert first.key == Finding("event late", ("completion_record", 3), {"event": 9, "since": "b"}).key
    assert str(first) == "completion_record 3: Event 9 has waited for its place in the ledger since a."
    assert all(words.endswith(".") for words in WORDS.values())
