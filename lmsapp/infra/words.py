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
