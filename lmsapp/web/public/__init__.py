"""Pages for outsiders: verify a certificate (CRT-3)."""

from lmsapp.web.public import verify
from lmsapp.web.public.wing import bp

__all__ = ["bp", "verify"]
