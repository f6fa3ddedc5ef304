"""What a WSGI server serves: granian --interface wsgi wsgi:app"""

from __future__ import annotations

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
