"""How far it is with what publishing asked of learners, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.learning.versions.queries import last_move


def move_context(move: Any) -> dict[str, Any]:
    """For the fragment of the work in progress."""
    done = move.moved + move.asked_again
    parts = []
    if move.moves_learners:
        words = ngettext("%(num)s learner goes on in the version", "%(num)s learners go on in the version", move.moved)
        parts.append(words)
    if move.completed:
        parts.append(ngettext("%(num)s thereby completed it", "%(num)s thereby completed it", move.completed))
    if move.asks_again:
        parts.append(ngettext("%(num)s person takes it again", "%(num)s people take it again", move.asked_again))
    return {
        "move": move,
        "percent": min(99, done * 100 // move.total) if move.total else None,
        "note": _("Nobody is concerned.") if move.state == "ready" and not done else "; ".join(parts) + ".",
    }


def newest_move(course_id: int) -> dict[str, Any]:
    """What was asked last, for the outline page; nothing once it is done."""
    move = last_move(course_id)
    return move_context(move) if move is not None and move.state != "ready" else {}
