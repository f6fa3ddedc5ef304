"""The key badges are signed with (RS256, which every verifier of Open Badges 3.0 must know), and what of it is public.

It lies in DATA_DIR/keys/badges.key, made once; whoever has their own RSA key puts it there. Public halves are kept
by their thumbprint (RFC 7638), so that a badge stays checkable after a change of key.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lmsapp.infra.keyfiles import write_whole
from lmsapp.infra.words import N_, RuleBroken

KEY, KNOWN, BITS = "badges.key", "known-badges", 2048
NAME = re.compile(r"[A-Za-z0-9_-]{43}")


def public_key(data_dir: Path, name: str) -> dict[str, str] | None:
    """The JWK with that thumbprint: of the present key or one before it."""
    if not NAME.fullmatch(name):
        return None
    _key(data_dir)
    found = data_dir / "keys" / KNOWN / f"{name}.json"
    return dict(json.loads(found.read_text())) if found.exists() else None


def key_name(data_dir: Path) -> str:
    """The thumbprint of the key in use."""
    return thumbprint(jwk_of(_key(data_dir)))


def sign_token(data_dir: Path, payload: dict[str, Any], key_address: str) -> str:
    """The payload as a compact JWS. `key_address` leads to the JWK of `key_name`."""
    head = {"alg": "RS256", "kid": key_address, "typ": "JWT"}
    body = f"{_b64(_json(head))}.{_b64(_json(payload))}"
    signature = _key(data_dir).sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{body}.{_b64(signature)}"


def jwk_of(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public half."""
    numbers = key.public_key().public_numbers()
    return {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}


def thumbprint(jwk: dict[str, str]) -> str:
    """RFC 7638: SHA-256 of the required members in their order."""
    return _b64(hashlib.sha256(_json({name: jwk[name] for name in ("e", "kty", "n")})).digest())


def _key(data_dir: Path) -> rsa.RSAPrivateKey:
    file = data_dir / "keys" / KEY
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (file.parent / ".badges.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                _make(file)
    return _loaded(str(file), file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _loaded(name: str, _version: int) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(Path(name).read_bytes(), password=None)
    except (ValueError, TypeError) as problem:
        raise RuleBroken(N_("The key for badges cannot be opened: %(file)s"), file=name) from problem
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < BITS:
        raise RuleBroken(N_("The key for badges must be RSA with 2048 bits or more: %(file)s"), file=name)
    jwk = jwk_of(key)
    known = Path(name).parent / KNOWN / f"{thumbprint(jwk)}.json"
    if not known.exists():
        known.parent.mkdir(exist_ok=True, mode=0o700)
        write_whole(known, _json({**jwk, "alg": "RS256", "use": "sig", "kid": thumbprint(jwk)}), 0o644)
    return key


def _make(file: Path) -> None:
    made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_whole(file, made.private_bytes(serialization.Encoding.PEM, form, plain), 0o600)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + 7) // 8))


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
