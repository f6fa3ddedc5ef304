"""The folder in which course files lie until the worker has read them. Nothing in it is served."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from flask import current_app

from lmsapp.courses.moving.archive import CHUNK, MAX_COURSE_FILE, TOO_LARGE
from lmsapp.infra.words import RuleBroken


def inbox() -> Path:
    """The folder, beside the files of the product, where there is room."""
    folder = Path(current_app.config["DATA_DIR"]) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep_sent(source: IO[bytes], name: str) -> None:
    """Write a file down under a name of ours. Raises RuleBroken (field 'file') when it is larger than it said."""
    target, left = inbox() / name, MAX_COURSE_FILE
    with target.open("wb") as out:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                target.unlink()
                raise RuleBroken(TOO_LARGE, field="file", most=MAX_COURSE_FILE >> 20)
            out.write(chunk)
