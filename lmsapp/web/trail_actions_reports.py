"""Words of the audit trail: what was done with packs, reports, checklists and tokens (UX-3).

Nothing reads this list. It marks the words for gettext's extractor, which cannot see values.
"""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

ACTIONS: Final = (
    N_("evidence pack asked for"),
    N_("evidence pack asked for again"),
    N_("evidence pack called off"),
    N_("evidence pack thrown away"),
    N_("report asked for"),
    N_("report asked for again"),
    N_("report called off"),
    N_("report thrown away"),
    N_("report schedule made"),
    N_("report schedule changed"),
    N_("report schedule paused"),
    N_("report schedule resumed"),
    N_("report schedule deleted"),
    N_("report schedule sent"),
    N_("report schedule sent again"),
    N_("cleared"),
    N_("clearance taken back"),
    N_("token made"),
    N_("token revoked"),
)
