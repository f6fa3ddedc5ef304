"""A PDF that was promised, as a page shows it from waiting to ready."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True, slots=True)
class Paper:
    """`state` as `components/job.html` knows it; `href` once it is ready. `poll`: where to ask again."""

    element: str
    state: str
    title: str
    note: str
    poll: str
    href: str | None


def note_of(status: str, *, ready: str) -> str:
    """What is going on with it, as a sentence; `ready`: what is said of it then."""
    notes = {
        "waiting": _("It is next in line; seconds, not minutes."),
        "running": _("It is being made and signed."),
        "ready": ready,
        "failed": _("It could not be made yet. We have been told and try again."),
    }
    return notes.get(status, "")
