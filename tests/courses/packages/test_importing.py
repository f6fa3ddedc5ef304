"""SCO-1: a package goes through the worker into its lesson, whole or not at all, and nothing is left behind."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from bench.proofs import _packages as packages
from bench.proofs import scorm_import as proof
from lmsapp.courses.catalogue import actions as catalogue
from lmsapp.courses.catalogue.media import Upload
from lmsapp.courses.catalogue.models import Lesson
from lmsapp.courses.packages import work
from lmsapp.courses.packages.actions import discard_import, start_import, try_again
from lmsapp.courses.packages.models import PackageFile, PackageImport, ScormPackage
from lmsapp.courses.packages.queries import import_for, latest_import, named_files, package_of
from lmsapp.courses.packages.rules import Manifest
from lmsapp.courses.packages.work import sweep_packages, work_on_package
from lmsapp.evidence.audit.models import AuditEntry
from lmsapp.infra import clock, files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile, path_of
from lmsapp.infra.queue import Ring
from lmsapp.infra.staging import Staging
from lmsapp.infra.words import RuleBroken
from lmsapp.people.accounts.models import UserRole
from lmsapp.people.roles import Role
from lmsapp.people.viewer import Viewer
from tests.courses.authors import author
from tests.courses.packages.building import (
    ONE_ITEM,
    PAGE,
    foreign,
    hostile,
    hostile_manifests,
    manifest,
    manifest_2004,
    package,
)
from tests.jobs import run_rings
from tests.kept import kept

LEFT = ("encrypted", "link", "up", "alike in case", "overlap", "check sum", "bomb", "more behind")


@kept
@dataclass
class Desk:
    """An author at a course with a lesson for a package."""

    by: Viewer = field(default_factory=author)
    lesson: Lesson = field(init=False)

    def __post_init__(self) -> None:
        self.course = catalogue.create_course("Hand hygiene", by=self.by)
        self.chapter = catalogue.add_chapter(self.course, "First", by=self.by)
        self.lesson = catalogue.add_lesson(self.chapter, "scorm", "The package", by=self.by)
        db.session.commit()

    def send(self, data: bytes, name: str = "hygiene.zip") -> PackageImport:
        run = start_import(self.lesson, Upload.of(data, name), by=self.by)
        db.session.commit()
        return run

    def taken(self, data: bytes) -> PackageImport:
        run = self.send(data)
        work_on_package(run.id)
        db.session.refresh(run)
        db.session.refresh(self.lesson)
        assert run.status == "taken", run.error and run.error % run.error_values
        return run


@pytest.fixture
def desk(rings: list[Ring]) -> Desk:
    return Desk()


def on_disk() -> set[str]:
    """Every file there is, temporary ones included."""
    root = Path(current_app.config["DATA_DIR"])
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def counts() -> dict[str, int | None]:
    tables = (StoredFile, ScormPackage, PackageFile)
    return {one.__tablename__: db.session.scalar(select(func.count()).select_from(one)) for one in tables}


def trail() -> list[str]:
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def reloaded(run: PackageImport) -> PackageImport:
    db.session.expire_all()
    return db.session.get_one(PackageImport, run.id)


def test_a_package_becomes_the_lessons(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1: rung, read, its files by content with their types, on the trail, the draft changed; doubled rings do nothing."""
    run = desk.send(package(sub_in_a__JS=b"var a;", same__html=PAGE, media_in_b__mp4=b"\0\0"), "..\\x/Hand hygiene.zip")
    assert (run.file_name, run.status, run.state, rings[-1].args) == (
        "Hand hygiene.zip",
        "reading",
        "waiting",
        (run.id,),
    )
    run_rings(rings)
    run = reloaded(run)
    assert (run.status, run.state, run.error, run.done) == ("taken", "ready", None, run.total)
    kept = package_of(desk.lesson)
    assert kept is not None
    assert (kept.id, kept.file_id, kept.edition, kept.title, kept.file_count) == (
        run.package_id,
        run.file_id,
        "1.2",
        "Hand hygiene",
        5,
    )
    rows = {one.path: one for one in db.session.scalars(select(PackageFile).where(PackageFile.package_id == kept.id))}
    assert {path: one.media_type for path, one in rows.items()} == {
        "imsmanifest.xml": "application/xml; charset=utf-8",
        "index.html": "text/html; charset=utf-8",
        "same.html": "text/html; charset=utf-8",
        "sub/a.JS": "text/javascript; charset=utf-8",
        "media/b.mp4": "video/mp4",
    }
    assert files.read(rows["index.html"].sha256) == PAGE
    assert rows["index.html"].sha256 == rows["same.html"].sha256
    assert kept.size == sum(one.size for one in rows.values())
    assert desk.lesson.file_id == kept.file_id
    assert desk.lesson.detail["scorm"] == {
        "package": kept.id, "edition": "1.2", "title": "Hand hygiene", "scos": 1, "done_when": "completed", "percent": 80,
        "of": "all", "score": "highest", "opened_counts": False, "close_after": 10,
    }  # fmt: skip
    assert [one.id for one in Manifest.from_json(kept.manifest).scos] == ["i1"]
    assert trail()[-2:] == ["package sent", "package taken"]
    assert not any("staging" in name for name in on_disk())
    assert not work_on_package(run.id)
    assert counts()["scorm_package"] == 1


def test_what_is_refused_leaves_nothing(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1: hostile, broken and foreign ZIPs: a sentence on the row, no file, no row, no temporary file; on the trail."""
    desk.taken(package())
    before, rows, detail = on_disk(), counts(), dict(desk.lesson.detail)
    bad = hostile()
    cases = [bad[name] for name in LEFT] + [foreign()["cmi5"], package(hostile_manifests()["external entity"])]
    for data in cases:
        run = desk.send(data)
        work_on_package(run.id)
        run = reloaded(run)
        assert (run.status, run.state, run.package_id, run.file_id) == ("refused", "ready", None, None)
        assert run.error
        assert (run.error % run.error_values).isprintable()
        assert on_disk() == before
    assert counts() == rows
    assert trail().count("package refused") == len(cases)
    for name in ("no zip", "nothing", "empty"):
        with pytest.raises(RuleBroken) as refused:
            start_import(desk.lesson, Upload.of(bad[name], "x.zip"), by=desk.by)
        assert refused.value.field == "file"
    assert (counts(), on_disk(), desk.lesson.detail) == (rows, before, detail)


def test_another_package_keeps_terms_and_the_old_one(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1: the same ZIP says so; another is a new package beside the old; the author sees what changes."""
    two = ONE_ITEM + '<item identifier="i2" identifierref="r1"><title>Two</title></item>'
    first = desk.taken(package(manifest(two)))
    desk.lesson.detail = {
        **desk.lesson.detail,
        "resources": [],
        "scorm": {**desk.lesson.detail["scorm"], "done_when": "passed", "close_after": 0},
    }
    db.session.commit()
    before = on_disk()
    with pytest.raises(RuleBroken, match="has already"):
        start_import(desk.lesson, Upload.of(package(manifest(two)), "same.zip"), by=desk.by)
    db.session.rollback()
    assert on_disk() == before
    second = desk.taken(package(manifest_2004(two.replace("i1", "i3").replace("Two", "Second"))))
    said = desk.lesson.detail["scorm"]
    assert (said["done_when"], said["close_after"], said["package"], said["edition"]) == (
        "passed",
        0,
        second.package_id,
        "2004",
    )
    assert "resources" in desk.lesson.detail
    assert package_of(desk.lesson) is not None
    assert db.session.get(ScormPackage, first.package_id) is not None
    assert latest_import(desk.lesson) == second
    revision = desk.lesson.revision
    third, fourth = desk.send(package(other__js=b"1")), desk.send(package(other__js=b"2"))
    assert reloaded(third).status == "discarded"
    run_rings(rings)
    assert (reloaded(third).status, reloaded(third).file_id, reloaded(fourth).status) == ("discarded", None, "taken")
    assert db.session.get_one(Lesson, desk.lesson.id).revision == revision


def test_only_who_may_write_the_course(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1, SEC: who lost the right meanwhile changes nothing; others see nothing; no package into an archived lesson."""
    run = desk.send(package())
    otto, moderator = author("Otto Other"), author("Mona Moderator", Role.MODERATOR)
    assert import_for(otto, run.id) is None
    assert import_for(moderator, run.id) == import_for(desk.by, run.id) == run
    catalogue.archive_lesson(desk.lesson, by=desk.by)
    db.session.commit()
    before = on_disk() - {str(path_of(files_sha(run)).relative_to(current_app.config["DATA_DIR"]))}
    work_on_package(run.id)
    assert (reloaded(run).status, on_disk()) == ("refused", before)
    with pytest.raises(RuleBroken, match="takes no package"):
        start_import(desk.lesson, Upload.of(package(), "x.zip"), by=desk.by)
    catalogue.restore_lesson(desk.lesson, by=desk.by)
    text = catalogue.add_lesson(desk.chapter, "text", "Words", by=desk.by)
    with pytest.raises(RuleBroken, match="takes no package"):
        start_import(text, Upload.of(package(), "x.zip"), by=desk.by)
    run = desk.send(package())
    db.session.execute(update(UserRole).where(UserRole.user_id == desk.by.user_id).values(role=Role.LMS_STUDENT.value))
    db.session.commit()
    work_on_package(run.id)
    assert reloaded(run).error == work.NO_RIGHT
    assert "package" not in db.session.get_one(Lesson, desk.lesson.id).detail.get("scorm", {})


def files_sha(run: PackageImport) -> str:
    return db.session.get_one(StoredFile, run.file_id).sha256


def test_set_aside_while_it_is_read(desk: Desk, rings: list[Ring], monkeypatch: pytest.MonkeyPatch) -> None:
    """SCO-1: the worker stops, nothing of the package stays; afterwards there is nothing to set aside."""
    before, rows = on_disk(), counts()
    run = desk.send(package())
    settle = Staging.settle

    def aside(staging: Staging) -> None:
        discard_import(db.session.get_one(PackageImport, run.id), by=desk.by)
        db.session.commit()
        settle(staging)

    monkeypatch.setattr(Staging, "settle", aside)
    work_on_package(run.id)
    assert (reloaded(run).status, on_disk(), counts()) == ("discarded", before, rows)
    with pytest.raises(RuleBroken, match="done with"):
        discard_import(run, by=desk.by)
    with pytest.raises(RuleBroken, match="not waiting"):
        try_again(run, by=desk.by)


@pytest.mark.parametrize(
    ("problem", "words"), [(RuntimeError("x"), work.OUR_ERROR), (OSError(errno.ENOSPC, "full"), work.NO_ROOM)]
)
def test_our_own_failure_can_be_tried_again(
    desk: Desk, rings: list[Ring], monkeypatch: pytest.MonkeyPatch, problem: Exception, words: str
) -> None:
    """SCO-1: after everything was placed the transaction fails: files are taken away again, the ZIP is kept."""
    run = desk.send(package())
    before, rows, take = on_disk(), counts(), work.take_package

    def failing(*args: Any, **named: Any) -> None:
        take(*args, **named)
        raise problem

    monkeypatch.setattr(work, "take_package", failing)
    work_on_package(run.id)
    assert (reloaded(run).status, run.state, run.error) == ("reading", "failed", words)
    assert (on_disk(), counts(), desk.lesson.detail) == (before, rows, {})
    monkeypatch.undo()
    try_again(run, by=desk.by)
    db.session.commit()
    work_on_package(run.id)
    assert reloaded(run).status == "taken"


def killed(run: PackageImport, monkeypatch: pytest.MonkeyPatch, *, after: str) -> None:
    """The worker's process ends without another word."""

    class Killed(BaseException):
        pass

    def die(*_args: Any, **_named: Any) -> Iterator[None]:
        raise Killed

    monkeypatch.setattr(*{"unpacking": (Staging, "settle"), "placing": (work, "take_package")}[after], die)
    monkeypatch.setattr(work.log, "exception", die)
    with pytest.raises(Killed):
        work_on_package(run.id)
    monkeypatch.undo()
    db.session.execute(
        update(PackageImport)
        .where(PackageImport.id == run.id)
        .values(lease_until=clock.now() - dt.timedelta(seconds=1))
    )
    db.session.commit()


def test_a_killed_worker_leaves_nothing_behind(desk: Desk, rings: list[Ring], monkeypatch: pytest.MonkeyPatch) -> None:
    """SCO-1: the sweep takes away what it placed, but nothing that another row names or another has stored since."""
    shared, again = b"held by another lesson", b"stored by somebody else since"
    stored = files.store(shared, name="a.txt", media_type="text/plain")
    db.session.commit()
    run = desk.send(package(a__txt=shared, b__txt=again, c__txt=b"mine"))
    before, rows = on_disk(), counts()
    for after in ("unpacking", "placing"):
        killed(run, monkeypatch, after=after)
        assert any("staging" in name for name in on_disk())
        later = files.store(again, name="b.txt", media_type="text/plain") if after == "placing" else None
        if later:
            db.session.delete(later)  # its row is not visible to others before it commits
            db.session.flush()
            before = before | {str(path_of(later.sha256).relative_to(current_app.config["DATA_DIR"]))}
        rings.clear()
        sweep_packages()
        db.session.commit()
        assert (on_disk(), counts()) == (before, rows)
        assert (reloaded(run).state, [one.args for one in rings]) == ("waiting", [(run.id,)])
    assert files.read(stored.sha256) == shared
    killed(run, monkeypatch, after="placing")
    sweep_packages()
    db.session.commit()
    assert (reloaded(run).state, run.error) == ("failed", work.WORKER_LOST)
    try_again(run, by=desk.by)
    db.session.commit()
    work_on_package(run.id)
    assert reloaded(run).status == "taken"
    assert named_files([stored.sha256, "0" * 64]) == {stored.sha256}


def test_the_later_of_two_counts(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1: two sent at one moment by two people, the later read first: the earlier changes nothing."""
    earlier = desk.send(package(one__js=b"1"))
    later = desk.send(package(two__js=b"2"))
    earlier.status, earlier.state = "reading", "waiting"  # as when neither saw the other
    db.session.commit()
    for run in (later, earlier):
        work_on_package(run.id)
    assert (reloaded(later).status, reloaded(earlier).status) == ("taken", "refused")
    assert db.session.get_one(Lesson, desk.lesson.id).detail["scorm"]["package"] == later.package_id


def test_the_proof_in_small(desk: Desk, rings: list[Ring]) -> None:
    """SCO-1: `./lms prove scorm-import` with a few ZIPs and manifests that are broken at random."""
    came = proof.series(proof.Desk(desk.chapter, desk.by), packages.fuzzed(12))
    assert came.wrong == []
    assert came.sent == came.refused + came.imported == 12
    assert came.imported
