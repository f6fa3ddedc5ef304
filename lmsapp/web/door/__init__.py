"""The way in and out: sign in, invitation, reset, language (ORG-1). Open to everybody."""

from lmsapp.web.door import by_link, language, links, sign_in
from lmsapp.web.door.wing import bp

__all__ = ["bp", "by_link", "language", "links", "sign_in"]
