"""Words of the audit trail about questions, pools and draws, marked as those in `trail_words.py` are (UX-3)."""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

KEPT: Final = (
    N_("questions"),
    N_("description"),
    N_("pool"),
    N_("tag"),
    N_("tags"),
    N_("now"),
    N_("count"),
    N_("detail"),
    N_("added"),
    N_("taken away"),
    N_("wait minutes"),
    N_("negative percent"),
    N_("practice"),
)

ACTIONS: Final = (
    N_("questions copied"),
    N_("questions tagged"),
    N_("questions archived"),
    N_("questions brought back"),
    N_("question pool created"),
    N_("question pool edited"),
    N_("question pool archived"),
    N_("question pool brought back"),
    N_("draw added"),
    N_("draw changed"),
    N_("draw moved"),
    N_("draw removed"),
)
