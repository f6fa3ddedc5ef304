"""`./lms files move`, `./lms files check`: from one store to the other, and whether every byte is as it was."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from lmsapp.infra import files
from lmsapp.infra.db import db
from lmsapp.infra.files import StoredFile
from lmsapp.infra.shelves import Disk, Shelf, digest_of

TOLD_EVERY = 500


@click.group("files", cls=AppGroup)
def file_commands() -> None:
    """The bytes of all stored files."""


@file_commands.command("move")
@click.option("--back", is_flag=True, help="From the bucket to this disk.")
@with_appcontext
def move(back: bool) -> None:
    """Copy every stored file from this disk to the bucket of LMS_STORE, or back. Stopped, it goes on where it was.

    Nothing is removed from where it was: parts of packages share the folder.
    """
    here, there = files.disk(), files.shelf()
    if isinstance(there, Disk):
        raise click.ClickException("LMS_STORE names no bucket: there is nowhere to move to. See docs/production.md.")
    source, target = (there, here) if back else (here, there)
    wanted = list(_named())
    moved, spoiled, gone = 0, [], []
    for count, sha256 in enumerate(wanted, 1):
        done = move_one(source, target, sha256)
        moved += done == "moved"
        spoiled += [sha256] if done == "spoiled" else []
        gone += [sha256] if done == "gone" else []
        if count % TOLD_EVERY == 0:
            click.echo(f"{count} of {len(wanted)}")
    click.echo(f"{moved} moved, {len(wanted) - moved - len(spoiled) - len(gone)} were there already.")
    _complain(spoiled, gone)


@file_commands.command("check")
@with_appcontext
def check() -> None:
    """Read every stored file and compare it with its SHA-256. Exit code 1 when one is gone or different."""
    spoiled, gone, seen = [], [], 0
    for seen, sha256 in enumerate(_named(), 1):  # noqa: B007 - how many
        try:
            if digest_of(files.stream(sha256)) != sha256:
                spoiled.append(sha256)
        except FileNotFoundError:
            gone.append(sha256)
    click.echo(f"{seen - len(spoiled) - len(gone)} of {seen} files are as they were stored.")
    _complain(spoiled, gone)


def move_one(source: Shelf, target: Shelf, sha256: str) -> str:
    """'there', 'moved', 'spoiled' (not copied: it is not what its SHA-256 says) or 'gone'."""
    size = source.size(sha256)
    if target.size(sha256) is not None and size in (None, target.size(sha256)):
        return "there"
    if size is None:
        return "gone"
    root = files.disk().root
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as copy:
        for piece in source.stream(sha256):
            copy.write(piece)
    try:
        with Path(copy.name).open("rb") as written:
            if digest_of(iter(lambda: written.read(1 << 20), b"")) != sha256:
                return "spoiled"
        target.put(Path(copy.name), sha256)
    finally:
        Path(copy.name).unlink(missing_ok=True)
    return "moved"


def _named() -> Iterator[str]:
    """Every SHA-256 a row names, each once, in order: a second run goes the same way."""
    yield from db.session.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256))


def _complain(spoiled: list[str], gone: list[str]) -> None:
    lines = [f"{sha256} is different from what was stored" for sha256 in spoiled] + [
        f"{sha256} is gone" for sha256 in gone
    ]
    if lines:
        raise click.ClickException("\n" + "\n".join(lines))
