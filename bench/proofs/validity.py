"""CRS-6, ENR-3: certification and renewal by the calendar, and day by day on PostgreSQL.

Every completion day of eleven years by every basis, several renewals in a row, early, in time and late; then three years
of some people in six time zones with the daily job run late, twice or not at all. ROUNDS: days of the calendar.
"""

from __future__ import annotations

import datetime as dt
import sys
import time

from bench.proofs import Outcome
from bench.proofs._calendar import Figures, check_calendar, policies
from bench.proofs._days import run
from bench.proofs._place import application
from tests.clock import Clock

ROUNDS = 4018  # 2023 to 2033
FIRST = dt.date(2023, 1, 1)
EACH_DAY = (12,)
SOME_DAYS, STEP = (1, 2, 3, 6, 11, 13, 18, 24, 36, 60), 19  # a step that meets every day of the month
EVERY = 400  # of these days every day in between is named, not only the turns
YEARS = 3


def prove(rounds: int) -> Outcome:
    begun = time.monotonic()
    days = [FIRST + dt.timedelta(days=n) for n in range(rounds)]
    found = [
        check_calendar(days, policies(EACH_DAY)),
        check_calendar(days[::STEP], policies(SOME_DAYS)),
        check_calendar(days[::EVERY], policies((12,)), every_day=True),
    ]
    took = time.monotonic() - begun
    simulated = simulate(min(rounds, 366 * YEARS))
    wrong = [words for one in (*found, simulated) for words in one.wrong]
    for words in wrong[:20]:
        print(words, file=sys.stderr, flush=True)
    certifications = sum(one.certifications for one in found)
    return Outcome(
        {
            "days": rounds,
            "certifications": certifications,
            "statuses": sum(one.days for one in found),
            "calendar_s": round(took),
            "simulated_days": min(rounds, 366 * YEARS),
            "simulated_statuses": simulated.days,
            "simulated_certifications": simulated.certifications,
            "seconds": round(time.monotonic() - begun),
            "wrong": len(wrong),
        },
        not wrong,
    )


def simulate(days: int) -> Figures:
    """On a database of its own."""
    with application() as app, app.app_context(), Clock().running() as clock:
        return run(days, clock)
