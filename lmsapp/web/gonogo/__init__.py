"""Go/no-go checklists (REP-3). One wing for all who keep or read them, so that an address in a ticket or a build opens
the same page for a moderator, HR, an auditor and the manager of the line; what they find there is theirs."""

from lmsapp.web.gonogo import acting, keeping, lists, one, printing, tokens
from lmsapp.web.gonogo.wing import bp

__all__ = ["acting", "bp", "keeping", "lists", "one", "printing", "tokens"]
