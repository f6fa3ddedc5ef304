"""What waits for HR: the first thing on the page where their day begins (HRD-2, HRD-5)."""

from __future__ import annotations

import calendar
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lmsapp.compliance.documents.queries import count_to_file
from lmsapp.compliance.ledger.types import what_waits
from lmsapp.compliance.ledger.waiving import count_to_approve
from lmsapp.web.dates import today


def waits() -> list[dict[str, Any]]:
    """Tiles with something in them: label, value, note, href, tone, icon. Three statements."""
    now = today()
    last = now.replace(day=calendar.monthrange(now.year, now.month)[1])
    ends, types = what_waits(g.viewer, now, last), url_for("hr.compliance_types")
    to_file, waivers = count_to_file(g.viewer), count_to_approve(g.viewer)
    found = [
        (_("To file"), to_file, ngettext("%(num)s result", "%(num)s results", to_file), "hr.to_file", "", "inbox"),
        (_("Expired"), ends["expired"], _("of what people have to hold"), "", "bad", "alert"),
        (_("Ends this month"), ends["expiring"], _("of what people have to hold"), "", "warn", "renew"),
        (
            _("To approve"),
            waivers,
            ngettext("%(num)s waiver", "%(num)s waivers", waivers),
            "hr.waivers",
            "warn",
            "wave",
        ),
    ]
    return [
        {"label": label, "value": value, "note": note, "href": url_for(to) if to else types, "tone": tone, "icon": icon}
        for label, value, note, to, tone, icon in found
        if value
    ]
