"""Pages for outsiders: verify a certificate or a PDF, the keys and badges others check (CRT-3, CRT-5)."""

from lmsapp.web.public import badges, checking, keys, one_letter, verify
from lmsapp.web.public.wing import bp

__all__ = ["badges", "bp", "checking", "keys", "one_letter", "verify"]
