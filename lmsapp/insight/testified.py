"""Everything that testifies in the completion ledger, and every table that is sealed into it (EVD-2, EVD-3)."""

from __future__ import annotations

from collections.abc import Sequence

from lmsapp.compliance.documents.testimony import DOCUMENTS, VERSIONS
from lmsapp.compliance.ledger.testimony import DECISIONS
from lmsapp.evidence.ledger.adopting import ADOPTIONS
from lmsapp.evidence.ledger.sources import COMPLETIONS, Source
from lmsapp.evidence.retention.holds.models import HoldCustodian, HoldNote
from lmsapp.evidence.retention.policies.models import KeptLonger, RetentionPolicy
from lmsapp.evidence.retention.retrieval.models import RetrievalTest
from lmsapp.evidence.retention.testimony import DISPOSALS, ERASURES, HOLDS, LIFTINGS
from lmsapp.evidence.sealed_tables.models import TABLE_SEALS
from lmsapp.evidence.sealed_tables.rules import Sealed
from lmsapp.evidence.sealed_tables.tables import HERE, whole
from lmsapp.evidence.seals.testimony import SEALED_FILES
from lmsapp.evidence.signatures.testimony import SIGNATURES
from lmsapp.evidence.verifications.models import VERIFICATIONS
from lmsapp.learning.certificates.testimony import CERTIFICATES
from lmsapp.learning.handins.models import Grading
from lmsapp.learning.particulars.models import TrainerNote, TrainingParticular
from lmsapp.learning.quizzes.models import QuizGrading

ALL: tuple[Source, ...] = (
    COMPLETIONS,
    SIGNATURES,
    CERTIFICATES,
    SEALED_FILES,
    TABLE_SEALS,
    VERIFICATIONS,
    ADOPTIONS,
    DECISIONS,
    DOCUMENTS,
    VERSIONS,
    HOLDS,
    LIFTINGS,
    DISPOSALS,
    ERASURES,
)
SOURCES: dict[str, Source] = {source.kind: source for source in ALL}

SEALED: Sequence[Sealed] = (
    *HERE,
    *map(whole, (Grading, QuizGrading, RetentionPolicy, KeptLonger, HoldCustodian, HoldNote, RetrievalTest)),
    *map(whole, (TrainerNote, TrainingParticular)),
)

# Tables that are only added to and that neither testify row by row nor are sealed, and why.
LEFT_OUT: dict[str, str] = {
    "ledger_leaf": "is the tree: every place is recomputed",
    "ledger_node": "parts of the tree, kept to be quick: recomputed from the leaves",
    "path_version": "its SHA-256 stands in each completion record of the path",
    "certificate_template_version": "only how a certificate looks; the PDF itself is on record",
    "hand_in": "what was handed in may be disposed of; what came of it is sealed as a grading",
    "transcript": "the PDF that was made of it is on record",
    "scorm_commit": "what a player said in between; what came of it is a completion record",
}
