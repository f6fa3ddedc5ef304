"""The tree the ledger stands on, and the form its facts are hashed in."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lmsapp.infra.canonical import canonical, plain
from lmsapp.infra.ledger_keys import known_keys, load_ledger_key, opened, public_of, signed_by
from lmsapp.infra.merkle import EMPTY, TILE, Frontier, inclusion, leaf_hash, node_hash, root_by, root_of, split
from lmsapp.infra.merkle_paths import Paths, TreeBroken, consistent

pytestmark = pytest.mark.pure
LEAVES = [leaf_hash(str(n).encode()) for n in range(200)]
VALUES = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_09", max_size=5), inner, max_size=4),
    max_leaves=20,
)


def _by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    at = split(len(leaves))
    return node_hash(_by_definition(leaves[:at]), _by_definition(leaves[at:]))


def test_the_tree_is_that_of_the_standard() -> None:
    """EVD-2: roots by the definition, at every size, also after the frontier was written down and read again; each
    leaf is proven to be in its place, and in no other."""
    assert root_of([]) == EMPTY
    frontier = Frontier()
    for size in range(1, 70):
        frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
        frontier.add(LEAVES[size - 1])
        root = _by_definition(LEAVES[:size])
        assert frontier.root() == root_of(LEAVES[:size]) == root
        for index in range(size):
            path = inclusion(LEAVES[:size], index)
            assert root_by(LEAVES[index], index, size, path) == root
            assert root_by(LEAVES[index], (index + 1) % size, size, path) != root or size == 1
            assert root_by(LEAVES[index + 1], index, size, path) != root
            assert path == [] or root_by(LEAVES[index], index, size, path[:-1]) != root
    with pytest.raises(ValueError, match="frontier"):
        Frontier.from_bytes(3, b"\0" * 32)


@given(VALUES)
def test_facts_have_one_form(value: object) -> None:
    """EVD-2: byte for byte what the reference library for RFC 8785 makes of it."""
    assert canonical(value) == rfc8785.dumps(plain(value))


def test_numbers_dates_and_accents_are_the_same_text_everywhere() -> None:
    """EVD-2: other readers round numbers; two ways to write an accent are one."""
    at = dt.datetime(2026, 11, 29, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    said = {"n": 2**60, "score": Decimal("80.00"), "half": 0.5, "at": at, "day": at.date(), "e\u0301"[:1]: "e\u0301"}
    assert (
        canonical(said)
        == (
            '{"at":"2026-11-29T06:00:00.000000Z","day":"2026-11-29","e":"\u00e9","half":"0.5",'
            '"n":"1152921504606846976","score":"80"}'
        ).encode()
    )
    for wrong in ({"\u00e9": "1"}, {1: "1"}, object(), at.replace(tzinfo=None)):
        with pytest.raises(TypeError):
            canonical(wrong)


def test_notes_are_opened_by_the_key_that_signed_them(tmp_path: Path) -> None:
    """EVD-2: by no other key, not with a byte changed, and by the old key after a new one took its place."""
    key = load_ledger_key(tmp_path, "training-ledger/a")
    note = key.note("training-ledger/a\n3\nabc=\n")
    keys = known_keys(tmp_path)
    assert opened(note, keys) == "training-ledger/a\n3\nabc=\n"
    assert signed_by(public_of(keys[key.id]), key.sign(b"x"), b"x")
    assert opened(note.replace("\n3\n", "\n4\n"), keys) is None
    assert opened(f"{note}x", keys) is None and opened(f"{note} \n", keys) is None
    assert opened(note.replace("\u2014 training", "\u2014 Training"), keys) is None
    assert opened("training-ledger/a\n3\nabc=\n", keys) is None
    other = load_ledger_key(tmp_path / "b", "training-ledger/a")
    assert opened(note, known_keys(tmp_path / "b")) is None
    (tmp_path / "keys" / "ledger.key").write_bytes((tmp_path / "b" / "keys" / "ledger.key").read_bytes())
    assert load_ledger_key(tmp_path, "training-ledger/a").id == other.id
    assert opened(note, known_keys(tmp_path)) is not None


def _tiles_of(leaves: list[bytes]) -> tuple[Frontier, Paths]:
    """What a database keeps of such a tree, and proofs from it."""
    frontier = Frontier()
    full = frontier.add_noting(leaves[:100]) + frontier.add_noting(leaves[100:])
    kept = {(one.layer, one.position): one.hash for one in full}

    def read(layer: int, number: int) -> list[bytes]:
        first, last = number * TILE, (number + 1) * TILE
        if not layer:
            return leaves[first:last]
        return [kept[layer, at] for at in range(first, last) if (layer, at) in kept]

    return frontier, Paths(read)


def test_paths_from_tiles_are_those_of_the_standard() -> None:
    """EVD-2: across the edges of tiles, in each smaller tree as in the whole one; and none from tiles with a hole."""
    leaves = [leaf_hash(str(n).encode()) for n in range(1500)]
    frontier, paths = _tiles_of(leaves)
    assert frontier.root() == root_of(leaves)
    for size in (1, 2, 255, 256, 257, 511, 512, 700, 1024, 1025, 1500):
        root = root_of(leaves[:size])
        assert paths.root(0, size) == root
        for index in {0, 1, size // 3, 254, 255, 256, 511, 512, size - 2, size - 1}:
            if 0 <= index < size:
                path = paths.inclusion(index, size)
                assert path == inclusion(leaves[:size], index)
                assert root_by(leaves[index], index, size, path) == root
    holed = Paths(lambda layer, number: leaves[:300][number * TILE : (number + 1) * TILE] if not layer else [])
    with pytest.raises(TreeBroken):
        holed.inclusion(3, 1500)
    for wrong in (-1, 1500):
        with pytest.raises(ValueError, match="leaf"):
            paths.inclusion(wrong, 1500)


def test_a_tree_is_shown_to_be_the_beginning_of_another() -> None:
    """EVD-2: by the definition of RFC 6962 at every pair of small sizes and at the edges of tiles; a proof for one pair
    is none for another root."""
    leaves = [leaf_hash(str(n).encode()) for n in range(600)]
    _frontier, paths = _tiles_of(leaves)
    roots = [root_of(leaves[:size]) for size in range(len(leaves) + 1)]
    pairs = [(old, new) for new in range(1, 20) for old in range(1, new + 1)]
    pairs += [(old, new) for new in (256, 257, 600) for old in (1, 200, 255, 256) if old <= new]
    for old, new in pairs:
        path = paths.consistency(old, new)
        assert path == _subproof(old, leaves[:new], whole=True)
        assert consistent(old, roots[old], new, roots[new], path)
        assert not consistent(old, LEAVES[0] if old > 1 else LEAVES[1], new, roots[new], path)
        assert old == new or not consistent(old, roots[old], new, roots[new - 1], path)
        assert not path or not consistent(old, roots[old], new, roots[new], path[:-1])
    assert paths.consistency(0, 5) == []


def _subproof(old: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962, 2.1.2, word for word."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    at = split(len(leaves))
    if old <= at:
        return [*_subproof(old, leaves[:at], whole=whole), root_of(leaves[at:])]
    return [*_subproof(old - at, leaves[at:], whole=False), root_of(leaves[:at])]
