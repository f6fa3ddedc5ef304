"""What other systems ask, as JSON, with an access token in place of a session (REP-3; INT-4 will widen it).

Every answer is JSON, refusals too: `error` is a word for programs, `message` one for people. Cookies count for
nothing here: who asks is the owner of the token, with the rights they have at that moment.
"""

from lmsapp.web.api import go_no_go
from lmsapp.web.api.wing import bp

__all__ = ["bp", "go_no_go"]
