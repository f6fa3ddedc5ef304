"""What each test, or each process, would do again with the same outcome, done once: templates are compiled, PDFs of
lessons drawn, a large scene set."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from lmsapp.courses.catalogue import media
from tests.servers import RUN_FOLDER, alone

Made = TypeVar("Made")
MADE = "made"

drawn = lru_cache(maxsize=32)(media._draw)


def compile_templates_once() -> None:
    """All applications of a run share what they compiled, in whatever process; a template that changed is compiled
    again."""
    if RUN_FOLDER in os.environ:
        folder = Path(os.environ[RUN_FOLDER]) / "templates"
        folder.mkdir(exist_ok=True)
        Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


def draw_lessons_once() -> None:
    """The same bytes make the same pages, and most scenes with a PDF hold the same one."""
    media._draw = drawn


def made_once(name: str, make: Callable[[Path], Made]) -> tuple[Made, Path]:
    """What `make` gave (plain values) in the process of the run that asked first, and the folder it was given; the others
    wait for it."""
    folder = Path(os.environ[RUN_FOLDER]) / name
    folder.mkdir(exist_ok=True)
    with alone(folder):
        kept = folder / MADE
        if not kept.exists():
            made = pickle.dumps(make(folder))
            kept.write_bytes(made)
        return pickle.loads(kept.read_bytes()), folder
