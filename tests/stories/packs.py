"""An auditor with a pack and nothing else: another folder, the verifier out of the pack, the key from elsewhere."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lmsapp.evidence.ledger.sequencing import sequence_all
from lmsapp.infra.db import db
from lmsapp.infra.ledger_keys import known_keys
from lmsapp.infra.queue import Ring
from lmsapp.insight.pack.actions import ask_pack
from lmsapp.insight.pack.models import EvidencePack
from lmsapp.insight.pack.queries import folder
from lmsapp.insight.pack.rules import Scope, Terms
from lmsapp.people.viewer import Viewer
from tests.jobs import run_rings

CHECK = """
import sys, verify_pack
pack, key, places = sys.argv[1], sys.argv[2], [int(one) for one in sys.argv[3].split(",")]
whole = open(pack, "rb").read()
for place in places:
    changed = bytearray(whole)
    changed[place] ^= 1 << place % 8
    open("changed.zip", "wb").write(changed)
    print(place, verify_pack.main(["changed.zip", "--key", key]), file=sys.stderr)
"""


def pack_of(regulator: str, since: dt.date, until: dt.date, by: Viewer, rings: list[Ring]) -> Path:
    """Asked for, and made by the worker, once everything has its place in the ledger."""
    pack = ask_pack(Terms(Scope.REGULATION, f"regulator-{regulator}", since, until), by=by)
    db.session.commit()
    sequence_all()
    run_rings(rings)
    name = db.session.scalar(select(EvidencePack.file_name).where(EvidencePack.id == pack.id))
    assert name is not None, db.session.scalar(select(EvidencePack.error).where(EvidencePack.id == pack.id))
    return folder() / name


def checked(pack: Path, away: Path) -> str:
    """What the verifier out of the pack says of it, far from the product; it must end with 0."""
    with zipfile.ZipFile(pack) as held:
        (away / "verify_pack.py").write_bytes(held.read("verify_pack.py"))
    (away / "keys.txt").write_text("".join(f"{one}\n" for one in known_keys(_data()).values()))
    ran = _python(away, "verify_pack.py", str(pack), "--key", "keys.txt")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def answers_to_flips(pack: Path, away: Path, places: Sequence[int]) -> set[int]:
    """How the verifier ends when one bit of one byte is another one, place by place."""
    (away / "flips.py").write_text(CHECK)
    ran = _python(away, "flips.py", str(pack), "keys.txt", ",".join(str(one) for one in places))
    assert ran.returncode == 0, ran.stderr
    ends = [line.split() for line in ran.stderr.splitlines()]
    assert [int(place) for place, _end in ends] == list(places)
    return {int(end) for _place, end in ends}


def _data() -> Path:
    return Path(current_app.config["DATA_DIR"])


def _python(away: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=False, cwd=away, capture_output=True, text=True, timeout=300
    )
