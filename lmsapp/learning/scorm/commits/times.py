"""Times as content writes them, in hundredths of a second. Pure (SCORM 1.2 RTE 3.4.2, SCORM 2004 RTE 4.1.1.7).

1.2 has HHHH:MM:SS.SS; 2004 has ISO 8601 durations, P1Y2M3DT4H5M6.78S. A year is 365.25 days and a month a twelfth of
it, as players count them: no date is known from which to count. Either form is read from content of either edition.
"""

from __future__ import annotations

import re
from decimal import Decimal

from lmsapp.courses.packages.rules import Edition

CLOCK = re.compile(r"(\d{1,9}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?", re.ASCII)
DURATION = re.compile(
    r"P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,12}(?:\.\d{1,9})?)S)?)?",
    re.ASCII,
)
MINUTE, HOUR, DAY, MONTH, YEAR = 60, 3600, 86_400, 2_629_800, 31_557_600  # seconds
LONGEST = 100 * 100 * YEAR  # a hundred years: more is nonsense
MOST_HOURS = 9999  # that 1.2 has room for


def hundredths(said: str) -> int | None:
    """0 to LONGEST; None where it is no time."""
    seconds = _clock(said) if ":" in said else _duration(said)
    return None if seconds is None else min(int(seconds * 100), LONGEST)


def _clock(said: str) -> Decimal | None:
    """Minutes and seconds above 59 are counted as they stand: some content never carries over."""
    found = CLOCK.fullmatch(said.strip())
    if found is None:
        return None
    hours, minutes, seconds, part = found.groups()
    return Decimal(f"{int(hours) * HOUR + int(minutes) * MINUTE + int(seconds)}.{part or 0}")


def _duration(said: str) -> Decimal | None:
    found = DURATION.fullmatch(said.strip())
    if found is None:
        return None
    units = (YEAR, MONTH, DAY, HOUR, MINUTE, 1)
    return sum((Decimal(count) * unit for count, unit in zip(found.groups(), units, strict=True) if count), Decimal(0))


def written(time: int, edition: Edition) -> str:
    """A time in hundredths as that edition writes it. 1.2 has room for 9999 hours; more stays at the most it says."""
    if edition is Edition.V2004:
        return _as_duration(time)
    time = min(time, (MOST_HOURS * HOUR + 59 * MINUTE + 59) * 100 + 99)
    seconds, part = divmod(time, 100)
    hours, rest = divmod(seconds, HOUR)
    return f"{hours:04d}:{rest // MINUTE:02d}:{rest % MINUTE:02d}.{part:02d}"


def _as_duration(time: int) -> str:
    """In hours, minutes and seconds: days or months would have to be taken apart again."""
    seconds, part = divmod(time, 100)
    hours, rest = divmod(seconds, HOUR)
    said = f"{hours}H" if hours else ""
    said += f"{rest // MINUTE}M" if rest // MINUTE else ""
    said += f"{rest % MINUTE}.{part:02d}S" if part else f"{rest % MINUTE}S" if rest % MINUTE or not said else ""
    return f"PT{said}"
