"""The worker's part of an import: claim it, look through the ZIP, unpack, keep everything at once or nothing (SCO-1).

No transaction is open while files are unpacked: they are staged (`infra.staging`) and placed in the transaction that
writes their rows and changes the lesson. Whatever stops a worker, the lease runs out and the sweep clears up and rings.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator

from sqlalchemy import Select, func, select

from lmsapp.courses.catalogue.authored import lesson_for
from lmsapp.courses.packages.actions import PACKAGE_JOB, Unpacked, refuse_import, take_package
from lmsapp.courses.packages.manifests.manifest import read_manifest
from lmsapp.courses.packages.models import PackageImport
from lmsapp.courses.packages.queries import named_files
from lmsapp.courses.packages.zips.media_types import Typed
from lmsapp.courses.packages.zips.opening import Zip
from lmsapp.infra import tracing
from lmsapp.infra.claims import Claim, LostError, sweep, take
from lmsapp.infra.db import db, unit_of_work
from lmsapp.infra.files import StoredFile, opened
from lmsapp.infra.staging import HELD, Staging, hold_files, stagings, take_away
from lmsapp.infra.words import N_, RuleBroken
from lmsapp.people.queries import viewer_now
from lmsapp.people.roles import May
from lmsapp.people.viewer import Viewer

log = logging.getLogger(__name__)

MOST_TRIES = 3
STAGED = "package-"
WORKER_LOST = N_("The worker stopped while reading this package. Nothing was changed. Try again.")
OUR_ERROR = N_("Something went wrong on our side. Nothing was changed. Try again, or tell your administrator.")
NO_ROOM = N_("There is no room left for the files of this package. Tell your administrator, then try again.")
NO_RIGHT = N_("Whoever sent this package may not write this course any more. Nothing was changed.")


def work_on_package(run_id: int) -> bool:
    """Read the package, unless another worker does already. Never raises; a failure is noted on the row."""
    with unit_of_work():
        claim = take(PackageImport, run_id)
    if claim is None:
        return False
    staging = Staging(f"{STAGED}{run_id}-{claim.tries}")
    try:
        with tracing.coming_from(tracing.Origin.IMPORT):
            _import(claim, staging)
    except LostError:
        log.warning("package %s was taken by another worker, or set aside", run_id)
    except RuleBroken as broken:
        _end(claim, broken, refused=True)
    except OSError as problem:
        log.exception("package %s failed", run_id)
        _end(claim, RuleBroken(NO_ROOM if problem.errno in (errno.ENOSPC, errno.EDQUOT) else OUR_ERROR), refused=False)
    except Exception:
        log.exception("package %s failed", run_id)
        _end(claim, RuleBroken(OUR_ERROR), refused=False)
    with unit_of_work():
        staging.undo(named_files)
        if _unwanted():
            _let_go()
    return True


def sweep_packages() -> None:
    """Free the claims of dead workers, clear up behind them, let go of ZIPs that were refused, ring for what waits."""
    sweep(PackageImport, PACKAGE_JOB, most_tries=MOST_TRIES, lost=WORKER_LOST)
    left = [name for name in stagings(STAGED) if not _at_work(name)]
    if (left or _unwanted()) and db.session.scalar(select(func.pg_try_advisory_xact_lock(HELD))):
        for name in left:
            Staging(name).undo(named_files)
        _let_go()


def _import(claim: Claim[PackageImport], staging: Staging) -> None:
    with unit_of_work():
        run = claim.run()
        _asker(run)
        sha256, name = db.session.get_one(StoredFile, run.file_id).sha256, run.file_name
    with opened(sha256) as source:
        found = Zip(source)
        manifest = read_manifest(found, name)
        files = list(_unpacked(found, staging, claim))
    staging.settle()
    with unit_of_work():
        staging.place()  # first: whoever waits for a run holds the lock on files already
        run = claim.run()
        by = _asker(run)
        take_package(run, manifest, files, by=by)
        run.done = run.total = found.size


def _unpacked(found: Zip, staging: Staging, claim: Claim[PackageImport]) -> Iterator[Unpacked]:
    done = 0

    def seen(path: str, typed: Typed) -> Iterator[bytes]:
        nonlocal done
        for piece in found.chunks(path):
            typed.see(piece)
            yield piece
            done += len(piece)
            claim(done, found.size)

    for path in found.files:
        typed = Typed(path)
        sha256, size = staging.write(seen(path, typed))
        yield Unpacked(path, sha256, size, typed.media_type)


def _asker(run: PackageImport) -> Viewer:
    """Whoever sent it, as they are now: who lost the right meanwhile changes nothing."""
    viewer = viewer_now(run.asked_by_id)
    allowed = viewer is not None and viewer.may(May.AUTHOR, May.MODERATE)
    if viewer is None or not allowed or lesson_for(viewer, run.lesson_id) is None:
        raise RuleBroken(NO_RIGHT)
    return viewer


def _end(claim: Claim[PackageImport], broken: RuleBroken, *, refused: bool) -> None:
    """What stopped it, in words. What is wrong with the package is wrong for good; our own failures can be repeated."""
    try:
        with unit_of_work():
            run = claim.run()
            if refused:
                refuse_import(run, broken)
            else:
                run.state, run.lease_until, run.error, run.error_values = "failed", None, broken.message, {}
    except LostError:
        log.warning("package %s was taken by another worker, or set aside", claim.run_id)


def _at_work(name: str) -> bool:
    """Whether the worker that staged under this name still holds its claim."""
    run_id, _dash, tries = name.removeprefix(STAGED).partition("-")
    running = select(PackageImport.tries).where(PackageImport.id == int(run_id), PackageImport.state == "running")
    return db.session.scalar(running) == int(tries)


def _unwanted() -> bool:
    return db.session.scalar(_refused().limit(1)) is not None


def _let_go() -> None:
    """Files that were refused or set aside: the row of the import stays, to say so."""
    hold_files(alone=True)
    for run in db.session.scalars(_refused().order_by(PackageImport.id).with_for_update(skip_locked=True)).all():
        stored = db.session.get_one(StoredFile, run.file_id)
        run.file_id = None
        db.session.flush()
        db.session.delete(stored)
        db.session.flush()
        take_away(stored.sha256, named_files)


def _refused() -> Select[PackageImport]:
    ended = PackageImport.status.in_(["refused", "discarded"])
    return select(PackageImport).where(ended, PackageImport.file_id.is_not(None))
