"""Certificates rendered and signed by one process: what one worker makes in a second (CRT-1).

.venv/bin/python -m bench.certificates [how many]
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra.signing import sign_pdf
from lmsapp.learning.certificates.document import Look, Printed, certificate_pdf

NAMES = ("Priya Nair", "Małgorzata Brzęczyszczykiewicz", "Χαραλαμπία Κατσαντώνης", "Богуслава Ґоляш", "Nguyễn Thị Thảo",
         "王秀华", "محمد الخطيب", "इन्द्रजित डी’सोउज़ा")  # fmt: skip
HOW_MANY = 40


def make(app: Flask, folder: Path, names: Sequence[str]) -> int:
    """Draw and sign one for each name; bytes in all."""
    size = 0
    for name in names:
        printed = Printed(
            holder_name=name,
            title="Infection Control Basics",
            number="NH-2026-00012",
            address="http://localhost:8000/verify/Zb3kPq9xTn2LwVh5cRy7Ag",
            issued_on=dt.date(2026, 11, 2),
            valid_until=dt.date(2027, 11, 2),
        )
        plain = certificate_pdf(printed, Look(), "en")
        size += len(sign_pdf(plain, data_dir=folder, organisation=app.config["ORGANISATION"], reason="Training"))
    return size


def main(how_many: int) -> None:
    """One line: certificates per second by the clock, and CPU each. No database is asked."""
    with tempfile.TemporaryDirectory() as folder:
        nowhere = Settings(secret_key="x" * 40, database_url="postgresql+psycopg:///", redis_url="redis://")
        app = create_app(nowhere)
        names = [NAMES[n % len(NAMES)] for n in range(how_many)]
        with app.app_context(), app.test_request_context():
            make(app, Path(folder), NAMES)  # fonts, templates and key are loaded once
            began, cpu = time.perf_counter(), time.process_time()
            size = make(app, Path(folder), names)
            took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"certificates: {how_many / took:.1f}/s by one worker, {1000 * cpu / how_many:.0f} ms CPU each, "
          f"{size // how_many // 1024} KiB each")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else HOW_MANY)
