"""What became of a message, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __
from flask_babel import lazy_pgettext

NOTICE_STATUSES: dict[str, tuple[str, Any]] = {
    "queued": ("queued", __("Queued")),
    "gathered": ("waiting", __("Waits for a digest")),
    "sending": ("running", __("Sending")),
    "sent": ("sent", __("Sent")),
    "carried": ("sent", __("In a digest")),
    "failed": ("failed", lazy_pgettext("of work", "Failed")),
    "suppressed": ("skipped", __("Not sent")),
    "unknown": ("uncertain", __("Unknown")),
    "given up": ("archived", __("Given up")),
}
