"""The drop folder: files the HR system leaves there are taken, and lie in done/ or refused/ afterwards (ORG-5).

A file is taken when it was the same at two looks, so that none is read while it is written. Only plain files count:
no links, no folders, no hidden or temporary names. Everything is opened relative to the folder without following
links, so that nobody who may write there can have other files read or moved.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from lmsapp.infra import clock
from lmsapp.infra.db import db
from lmsapp.infra.events import emit
from lmsapp.infra.files import StoredFile
from lmsapp.infra.words import RuleBroken
from lmsapp.people.calendar.queries import holidays
from lmsapp.people.calendar.rules import is_working_day
from lmsapp.people.roster.actions import keep_roster
from lmsapp.people.roster.events import RosterMissing
from lmsapp.people.roster.models import RosterRun, RosterSighting
from lmsapp.people.roster.table import MOST_BYTES
from lmsapp.people.settings.queries import setting

log = logging.getLogger(__name__)

A_LOOK = 20  # files; the rest waits for the next look
TEMPORARY = re.compile(r"\.(part|tmp|temp|crdownload|filepart|swp)$|~$", re.IGNORECASE)
DONE, REFUSED = "done", "refused"
NEVER = 24


def look_into_folder() -> None:
    """One look: note what is new, take what has settled, clear away what was worked on."""
    folder = current_app.config["ROSTER_FOLDER"]
    if not folder:
        return
    try:
        with _opened(folder) as at:
            _look(at)
    except OSError as problem:
        log.warning("roster folder %s cannot be looked into: %s", folder, problem)


def miss_roster() -> None:
    """On a working day, when no file came by the hour that is set: HR is told, once."""
    hour = setting("roster_expected_hour")
    now = clock.now().astimezone(clock.zone(current_app.config["TIME_ZONE"]))
    if not current_app.config["ROSTER_FOLDER"] or hour == NEVER or now.hour < hour:
        return
    if not is_working_day(now.date(), holidays()):
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    came = select(RosterRun.id).where(RosterRun.source == "folder", RosterRun.created_at >= midnight)
    seen = select(RosterSighting.name).where(RosterSighting.seen_at >= midnight)
    if db.session.scalar(came.limit(1)) is None and db.session.scalar(seen.limit(1)) is None:
        emit(RosterMissing(now.date(), hour))


def _look(at: int) -> None:
    known = {one.name: one for one in db.session.scalars(select(RosterSighting))}
    found = _plain_files(at)
    for gone in known.keys() - found.keys():
        db.session.delete(known[gone])
    for name, facts in sorted(found.items(), key=lambda pair: (pair[1].st_mtime_ns, pair[0]))[:A_LOOK]:
        sighting = known.get(name)
        if sighting is None:
            db.session.add(RosterSighting(name=name, size=facts.st_size, changed_ns=facts.st_mtime_ns))
        elif (sighting.size, sighting.changed_ns) != (facts.st_size, facts.st_mtime_ns):
            sighting.size, sighting.changed_ns, sighting.run_id = facts.st_size, facts.st_mtime_ns, None
            sighting.note, sighting.seen_at = "", clock.now()
        elif sighting.run_id is None:
            _take(at, sighting)
        else:
            _clear(at, sighting, db.session.get_one(RosterRun, sighting.run_id))
    db.session.flush()


def _take(at: int, sighting: RosterSighting) -> None:
    """A file that has settled becomes a run; what cannot be one goes aside with the reason."""
    try:
        data = _read(at, sighting)
    except OSError as problem:
        if not sighting.note:
            log.warning("roster folder: %r cannot be read: %s", sighting.name, problem.strerror)
        sighting.note = f"cannot be read: {problem.strerror}"
        return
    if data is None:
        return
    latest, same = _seen_before(data)
    if same is not None and same.id == (latest.id if latest else None):
        words = f"The same file as on {same.created_at:%Y-%m-%d %H:%M} UTC ({same.file_name}); nothing to do."
        _put_away(at, sighting, DONE, words)
        return
    try:
        run = keep_roster(data, _safe(sighting.name), None, origin="folder")
    except RuleBroken as broken:
        _put_away(at, sighting, REFUSED, str(broken))
        return
    run.terms = {"again": f"{same.created_at:%Y-%m-%d}"} if same else {}
    sighting.run_id = run.id


def _clear(at: int, sighting: RosterSighting, run: RosterRun) -> None:
    """After the worker: where it was applied it is done, everything else is refused until a person decides."""
    if run.state in ("waiting", "running"):
        return
    if run.status == "applied":
        counts = ", ".join(f"{count} {name}" for name, count in run.counts.items())
        _put_away(at, sighting, DONE, f"Applied on {run.applied_at:%Y-%m-%d %H:%M} UTC: {counts}.")
        return
    why = (run.error or "Set aside.") % run.error_values if run.error_values else run.error or "Set aside."
    address = f"{current_app.config['BASE_URL']}/hr/roster/{run.id}"
    _put_away(at, sighting, REFUSED, f"Not applied, nothing was changed. {why}\nLook at it and decide: {address}")


def _put_away(at: int, sighting: RosterSighting, where: str, words: str) -> None:
    """Move the file and write the reason beside it. What cannot be moved stays, noted, and is not taken again."""
    name = f"{clock.now():%Y%m%d-%H%M%S}-{sighting.run_id or 0}-{_safe(sighting.name)}"
    try:
        target = _subfolder(at, where)
        try:
            os.rename(sighting.name, name, src_dir_fd=at, dst_dir_fd=target)
            beside = os.open(f"{name}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=target)
            with os.fdopen(beside, "w", encoding="utf-8") as out:
                out.write(words + "\n")
        finally:
            os.close(target)
    except OSError as problem:
        if not sighting.note:
            log.warning("roster folder: %r cannot be moved to %s: %s", sighting.name, where, problem.strerror)
        sighting.note = f"cannot be moved: {problem.strerror}"
        return
    db.session.delete(sighting)


def _plain_files(at: int) -> dict[str, os.stat_result]:
    found = {}
    with os.scandir(at) as entries:
        for entry in entries:
            if entry.name.startswith(".") or TEMPORARY.search(entry.name) or not _is_text(entry.name):
                continue
            facts = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(facts.st_mode):
                found[entry.name] = facts
    return found


def _read(at: int, sighting: RosterSighting) -> bytes | None:
    """The bytes; None when it changed meanwhile. One byte more than allowed is enough to refuse what is too large."""
    opened = os.open(sighting.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    with os.fdopen(opened, "rb") as source:
        facts = os.fstat(source.fileno())
        data = source.read(MOST_BYTES + 1)
        after = os.fstat(source.fileno())
    same = stat.S_ISREG(facts.st_mode) and facts.st_mtime_ns == after.st_mtime_ns == sighting.changed_ns
    return data if same and facts.st_size == after.st_size == sighting.size else None


def _seen_before(data: bytes) -> tuple[RosterRun | None, RosterRun | None]:
    """The latest run from the folder, and the latest with these very bytes."""
    runs = select(RosterRun).where(RosterRun.source == "folder").order_by(RosterRun.id.desc()).limit(1)
    same = runs.join(StoredFile, StoredFile.id == RosterRun.file_id)
    same = same.where(StoredFile.sha256 == hashlib.sha256(data).hexdigest())
    return db.session.scalars(runs).first(), db.session.scalars(same).first()


@contextmanager
def _opened(folder: str) -> Iterator[int]:
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield at
    finally:
        os.close(at)


def _subfolder(at: int, name: str) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=at)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _safe(name: str) -> str:
    """For a name of our own making: letters, digits, dots, dashes; what else there was is a dash."""
    return re.sub(r"[^\w.()+ -]", "-", Path(name).name)[:120].strip() or "file"
