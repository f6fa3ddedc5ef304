"""What each test would do again with the same outcome, done once: templates are compiled, PDFs of lessons drawn."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from lmsapp.courses.catalogue import media
from tests.servers import RUN_FOLDER

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
