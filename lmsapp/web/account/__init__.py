"""Own account: profile, password, language (ORG-8)."""

from lmsapp.web.account import notices, profile
from lmsapp.web.account.wing import bp

__all__ = ["bp", "notices", "profile"]
