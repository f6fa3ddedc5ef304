"""Enrollments, certificates, signatures and onboarding on a person's timeline, in words (EVD-3, HRD-1)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lmsapp.web.timeline_learning import of_enrollment
from lmsapp.web.timeline_people import Title

PROOFS = ("enrollment", "certificate", "signature", "onboarding")


def of_proof(kind: str, action: str, detail: dict[str, Any]) -> Title:
    """`detail` holds what the entry kept. An action without a sentence of its own is said as the trail says it."""
    title, task = str(detail.get("title") or ""), str(detail.get("task") or "")
    known: dict[tuple[str, str], Title] = {
        ("enrollment", "enrolled again"): (_("Enrolled in a course again"), "plus", ""),
        ("enrollment", "attempts used up"): (_("All attempts at a course used up"), "stop", "bad"),
        ("certificate", "certificate issued"): (_("Certificate issued"), "shield", "good"),
        ("certificate", "certificate revoked"): (_("Certificate revoked"), "ban", "bad"),
        ("certificate", "certificate replaced"): (_("Certificate replaced by a newer one"), "renew", ""),
        ("signature", "signed"): (_("Signed %(title)s", title=title), "done", "good"),
        ("signature", "opened"): (_("Opened a signature"), "eye", ""),
    }
    own = of_enrollment(action, detail) if kind == "enrollment" else None
    words, icon, tone = own or known.get((kind, action), (_(action).capitalize(), "circle", ""))
    about = task or (title if kind == "certificate" else "")
    return (f"{words}: {about}" if about else words), icon, tone
