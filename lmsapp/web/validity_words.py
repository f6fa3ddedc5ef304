"""As `status_words`: words of certification and renewal that pages show but no page writes. Nothing reads them."""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

# insight/expiring.py, HEAD: the columns of the list as a file
COLUMNS: Final = (
    N_("certified on"),
    N_("valid until"),
    N_("renewal begun on"),
    N_("renewal due"),
)

# What an entry of the trail keeps before and after
KEPT: Final = (
    N_("was valid until"),
    N_("renewal from"),
    N_("timing"),
    N_("turn"),
    N_("validity months"),
    N_("renewal months"),
    N_("renewal days"),
    N_("basis"),
    N_("lead"),
    N_("lead unit"),
    N_("grace days"),
    N_("late"),
    N_("fixed month"),
    N_("fixed day"),
    N_("fixed within"),
    N_("assign"),
    N_("held too"),
)

# The actions of the trail
ACTIONS: Final = (
    N_("certified"),
    N_("certification revoked"),
    N_("certification turned"),
    N_("certification dates changed"),
    N_("validity changed"),
)
