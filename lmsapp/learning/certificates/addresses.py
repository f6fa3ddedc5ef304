"""Where anybody checks a certificate or a transcript."""

from __future__ import annotations

from lmsapp.infra import site


def verify_address(token: str) -> str:
    """What the QR code leads to."""
    return site.address(f"/verify/{token}")
