"""EVD-4: two verifiers that know nothing of each other agree on every good and every spoiled pack.

One is `static/verify_pack.py`, run as it is shipped; the other `tests/insight/pack/second.py`, written from
docs/evidence-pack.md alone. Packs are made up from seeds, as various as the format; half of the spoiled ones are spoiled from
outside, checked with the keys of the ledger, the other half by somebody who has the key and signs the lie. ROUNDS is the
number of each. Besides, of a small pack every single byte is changed, one at a time.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

from bench.proofs import Outcome
from static import verify_pack
from tests.insight.pack.corrupting import LIARS, OUTSIDE, flip
from tests.insight.pack.made_up import MadeUp
from tests.insight.pack.second import verdict

ROUNDS = 1000
LOOKED_AT = 200  # packs, for the smallest of them


def first(raw: bytes, keys: str, folder: Path) -> tuple[int, str]:
    """Exit code and words of the shipped one."""
    pack, file = folder / "pack.zip", folder / "keys.txt"
    pack.write_bytes(raw)
    file.write_text(keys)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = verify_pack.main([str(pack), *(["--key", str(file)] if keys else [])])
    return code, said.getvalue().partition("\n")[0]


def both(raw: bytes, keys: str, folder: Path) -> tuple[int, int, str]:
    """Codes of the one and the other, and their words."""
    code, words = first(raw, keys, folder)
    other, findings = verdict(raw, keys)
    return code, other, f"{code} {words} / {other} {findings[:2]}"


def prove(rounds: int) -> Outcome:
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(rounds):
            pack = MadeUp(seed)
            keys = pack.key_lines() if seed % 2 else ""
            codes = both(pack.sealed(), keys, folder)
            seen["good"] += 1
            if codes[:2] != (0, 0):
                wrong.append(f"good {seed}: {codes[2]}")
        for seed in range(rounds):
            chance = Random(seed)
            spoil = (OUTSIDE, LIARS)[seed % 2][seed // 2 % len((OUTSIDE, LIARS)[seed % 2])]
            pack = MadeUp(chance.randrange(1 << 30))
            keys = pack.key_lines() if chance.random() < 0.5 or spoil.__name__ == "other_key" else ""
            raw = spoil(pack, chance)
            codes = both(raw, keys, folder)
            seen[f"exit {codes[0]}"] += 1
            if codes[0] != codes[1] or codes[0] not in (1, 2):
                wrong.append(f"{spoil.__name__} {seed}: {codes[2]}")
        small = min((MadeUp(seed) for seed in range(LOOKED_AT)), key=lambda one: len(one.sealed()))
        seen["bytes"] = each_byte(small.sealed(), small.key_lines(), folder, wrong)
    for one in wrong[:20]:
        print(one)
    figures = {"good": seen["good"], "spoiled": rounds, "altered": seen["exit 1"], "incomplete": seen["exit 2"]}
    return Outcome({**figures, "single bytes": seen["bytes"], "disagreements": len(wrong)}, not wrong)


def each_byte(raw: bytes, keys: str, folder: Path, wrong: list[str]) -> int:
    """Every byte of a pack changed, one at a time."""
    chance = Random(len(raw))
    for at in range(len(raw)):
        codes = both(flip(raw, at, chance.randrange(8)), keys, folder)
        if 0 in codes[:2] or codes[0] != codes[1]:
            wrong.append(f"byte {at}: {codes[2]}")
    return len(raw)
