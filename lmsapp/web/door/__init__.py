"""The way in and out: sign in, invitation, reset, language (ORG-1). Open to everybody."""

from lmsapp.web.door import language, links, sign_in
from lmsapp.web.door.wing import bp

__all__ = ["bp", "language", "links", "sign_in"]
