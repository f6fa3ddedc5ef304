"""Secrets kept in the database: sealed with a key made from SECRET_KEY, so that a copy of the database opens nothing.

Whoever changes SECRET_KEY has to enter them again; `SecretLost` says so.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from lmsapp.infra.words import N_, RuleBroken

PURPOSE = b"lms stored secrets, version 1"


class SecretLost(RuleBroken):
    """What was stored cannot be opened any more."""

    def __init__(self) -> None:
        super().__init__(
            N_("The stored password or token cannot be read any more, because SECRET_KEY was changed. Enter it again."),
            field="secret",
        )


def seal(secret: str) -> str:
    """A token to store; '' stays ''."""
    return _box(current_app.config["SECRET_KEY"]).encrypt(secret.encode()).decode() if secret else ""


def unseal(token: str) -> str:
    """What was sealed. Raises SecretLost."""
    if not token:
        return ""
    try:
        return _box(current_app.config["SECRET_KEY"]).decrypt(token.encode()).decode()
    except InvalidToken as lost:
        raise SecretLost from lost


@lru_cache(maxsize=4)
def _box(secret_key: str) -> Fernet:
    made = HKDF(hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(made))
