"""What lives on the content's host (SCO-4): the player's wrapper, files of packages, what the content reports.

Nobody is signed in here: each address holds the token of one launch (`learning.scorm.launches.tokens`), which opens the
files of its package and takes commits for its attempt, and nothing else. `dispatch` is all the machinery around a view.
"""

from lmsapp.web.content import commits, files, player
from lmsapp.web.content.wing import bp

__all__ = ["bp", "commits", "files", "player"]
