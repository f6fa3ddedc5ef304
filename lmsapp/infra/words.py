"""Words of rules: English as written, translated at the edge, so that rules need no request."""

from __future__ import annotations

from typing import Any


def N_(text: str) -> str:  # noqa: N802 - the marker gettext's extractor looks for
    """Mark `text` for translation; it is translated where it is shown."""
    return text


class RuleBroken(Exception):
    """A rule said no. `message` is for the user, with %(name)s places filled from `values`.

    The web layer turns it into a form error with status 422, nothing typed lost. `field` names the form
    field it belongs to, where there is one; `link` may name (kind, id) of the object to look at.
    """

    def __init__(self, message: str, *, field: str | None = None, link: tuple[str, int] | None = None, **values: Any):
        self.message = message
        self.field = field
        self.link = link
        self.values = values
        super().__init__(message % values if values else message)


class NotAllowed(Exception):
    """The viewer may see the object but not do this to it: 403, with the reason in words."""

    def __init__(self, message: str, **values: Any):
        self.message = message
        self.values = values
        super().__init__(message % values if values else message)


def cleaned_words(words: str, most: int, field: str) -> str:
    """Without blanks around and what no page may hold. Raises RuleBroken for more than `most` characters."""
    kept = "".join(c for c in words.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if len(kept) > most:
        raise RuleBroken(N_("Write %(most)s characters at most."), field=field, most=most)
    return kept
