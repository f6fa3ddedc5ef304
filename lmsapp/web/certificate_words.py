"""Words of the audit trail about certificates, evaluations and transcripts; see `trail_words` (UX-3)."""

from __future__ import annotations

from typing import Final

from lmsapp.infra.words import N_

# web/admin/words.py, changes: what an entry of the trail keeps before and after
KEPT: Final = (
    N_("issuing"),
    N_("template"),
    N_("validity months"),
    N_("page"),
    N_("turn"),
    N_("colour"),
    N_("border"),
    N_("signatory"),
    N_("second"),
    N_("wording"),
    N_("verdict"),
    N_("archived"),
    N_("completions"),
    N_("certificates"),
    N_("record"),
    N_("copied from"),
    N_("departments"),
    N_("since"),
    N_("logo file"),
    N_("signature file"),
    N_("second signature file"),
)

# what was done: actions of learning/certificates and learning/transcripts
DONE: Final = (
    N_("certificate replaced"),
    N_("certificate settings changed"),
    N_("certificate template created"),
    N_("certificate template saved"),
    N_("certificate template archived"),
    N_("certificate template restored"),
    N_("certificates asked for"),
    N_("certificates asked for again"),
    N_("evaluation asked"),
    N_("evaluation decided"),
    N_("evaluation closed"),
    N_("transcript asked for"),
    N_("transcript downloaded"),
)
