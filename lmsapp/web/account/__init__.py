"""Own account: profile, password, addresses, sign-ins, language, a copy of everything held (ORG-8); to sign (ORG-7)."""

from lmsapp.web.account import (
    address,
    documents,
    held,
    notices,
    profile,
    report_files,
    reports,
    sign_ins,
    telling,
    to_sign,
    views,
)
from lmsapp.web.account.wing import bp

__all__ = [
    "address",
    "bp",
    "documents",
    "held",
    "notices",
    "profile",
    "report_files",
    "reports",
    "sign_ins",
    "telling",
    "to_sign",
    "views",
]
