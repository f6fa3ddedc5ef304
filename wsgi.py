"""What a WSGI server serves: granian --interface wsgi wsgi:app"""

from __future__ import annotations

import gc
import sys

from flask import Flask

from lmsapp import create_app
from lmsapp.config import ConfigurationError


def _application() -> Flask:
    try:
        return create_app()
    except ConfigurationError as problem:
        sys.exit(str(problem))


app = _application()
gc.collect()
gc.freeze()  # what was loaded at the start stays: looking through it for garbage would hold a page up for 0.1 s
