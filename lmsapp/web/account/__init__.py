"""Own account: profile, password, language (ORG-8); what is to be signed (ORG-7)."""

from lmsapp.web.account import notices, profile, to_sign
from lmsapp.web.account.wing import bp

__all__ = ["bp", "notices", "profile", "to_sign"]
