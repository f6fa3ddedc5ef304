"""What the player's wrapper says. Its scripts have no words of their own."""

from __future__ import annotations

from flask_babel import gettext as _


def player_words() -> dict[str, str]:
    """By the names the scripts know. Those of one state end alike: `done` is followed by `done_more`."""
    return _saving() | _ending() | _moving() | _parts()


def _saving() -> dict[str, str]:
    return {
        "saved": _("Saved"),
        "unsaved": _("Not saved yet – trying again"),
        "refused": _("No longer saved"),
        "refused_now": _("Nothing can be saved here any more."),
        "read_only": _("You can go on reading, but open the lesson again to have your work saved."),
        "set_aside": _("One thing this content wanted to keep could not be saved (%(name)s).", name="{name}"),
        "superseded": _(
            "This lesson is open in another window, too. Go on there: your place is kept from that one. What you "
            "finish here still counts."
        ),
        "no_library": _("The lesson could not be started. Check your connection and try again."),
        "elsewhere": _(
            "This part lies on another website, so it cannot be shown here. Tell whoever looks after this course."
        ),
        "close": _("Close"),
        "back": _("Back to the course"),
        "try_again": _("Try again"),
        "stay_here": _("Stay in this part"),
    }


def _ending() -> dict[str, str]:
    return {
        "done": _("Finished. Your result is saved."),
        "part_done": _("This part is finished. Your result is saved."),
        "part_left": _("Saved. Go on with the next part when you like."),
        "left": _("Saved."),
        "looked": _("You have looked at it again. Your result stays as it was."),
        "unmet": _("Your result is saved."),
        "unmet_more": _("The lesson is not done yet; its page says what is still missing."),
        "unsaved_end": _("Your result is not saved yet. Leave this window open: it is tried again by itself."),
        "save_exit": _("Save and exit"),
        "saving_exit": _("Saving …"),
        "closes": _("Closes in %(n)s s", n="{n}"),
        "closes_said": _(
            "The lesson closes by itself in %(n)s seconds, unless you go on working or choose Stay here.", n="{n}"
        ),
        "held": _("Waits while you work"),
        "not_left": _("Your last steps are not saved yet. Stay a moment and try again, so that nothing is lost."),
        "leave_anyway": _("Leave anyway"),
        "close_window": _("Everything is saved. You can close this window."),
        "time_over": _("The time for this part is over. You can finish what you are doing."),
        "time_over_exit": _("The time for this part is over. Your work is being saved, and the lesson closes."),
    }


def _moving() -> dict[str, str]:
    return {
        "not_moved": _("The next part could not be opened. Nothing is lost; try again in a moment."),
        "locked": _("Not open yet"),
        "locked_back": _("That part is not open yet, so you are back where you were."),
        "first": _("First finish: %(titles)s", titles="{titles}"),
    }


def _parts() -> dict[str, str]:
    return {
        "parts_done": _("%(n)s of %(all)s parts done", n="{n}", all="{all}"),
        "passed": _("Passed"),
        "failed": _("Not passed"),
        "completed": _("Finished"),
        "browsed": _("Looked at"),
        "begun": _("Begun"),
        "not_begun": _("Not begun"),
        "here": _("You are here"),
    }
