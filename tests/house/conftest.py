"""What several tests of the house look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lmsapp import create_app
from lmsapp.config import Settings


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with the demo's extra pages; nothing connects to anything."""
    return create_app(
        Settings(
            demo=True,
            testing=True,
            secret_key="0" * 40,
            database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
            redis_url="redis://127.0.0.1:1/0",
            data_dir=Path(tmp_path_factory.mktemp("data")),
        )
    )
