"""What programme kinds are called, in every wing."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as __

from lmsapp.courses.catalogue.rules import Programme

PROGRAMMES: dict[str, Any] = {
    Programme.COMPLIANCE: __("Mandatory compliance"),
    Programme.CERTIFICATION: __("Professional certification"),
    Programme.ELECTIVE: __("Elective development"),
    Programme.ONBOARDING: __("Onboarding"),
}
