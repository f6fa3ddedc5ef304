"""Files of keys: written whole or not at all, with their rights from the first byte."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(target: Path, content: bytes, mode: int) -> None:
    """Beside the target, then renamed: whoever reads sees the old file or the new one, however many write at once."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(target)
