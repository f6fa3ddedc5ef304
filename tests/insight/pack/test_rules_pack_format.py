"""Two verifiers on made-up packs, good and spoiled: the small form of `./lms prove pack`."""

from __future__ import annotations

from pathlib import Path
from random import Random

from bench.proofs.pack import both
from tests.insight.pack.corrupting import LIARS, OUTSIDE
from tests.insight.pack.made_up import MadeUp


def test_they_agree_on_good_ones(tmp_path: Path) -> None:
    """EVD-4: whatever the format lets a pack be is valid for both."""
    for seed in range(12):
        pack = MadeUp(seed)
        codes = both(pack.sealed(), pack.key_lines() if seed % 2 else "", tmp_path)
        assert codes[:2] == (0, 0), codes[2]


def test_they_agree_on_every_way_to_spoil_one(tmp_path: Path) -> None:
    """EVD-4: from outside, and by somebody who has the key; neither passes, and both call it the same."""
    for spoil in (*OUTSIDE, *LIARS):
        chance = Random(spoil.__name__)
        pack = MadeUp(chance.randrange(1 << 30))
        codes = both(spoil(pack, chance), pack.key_lines(), tmp_path)
        assert codes[0] == codes[1] != 0, f"{spoil.__name__}: {codes[2]}"
