"""What the person is told who asked to be erased, and HR when a record could not be opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel.dates import format_date
from flask_babel import force_locale, gettext, ngettext

from lmsapp.evidence.retention.erasures.models import Erasure
from lmsapp.evidence.retention.erasures.queries import Outlook, Stays
from lmsapp.evidence.retention.retrieval.events import RetrievalFailed
from lmsapp.infra import site
from lmsapp.infra.words import N_
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.outreach.notices.staff import tell_each
from lmsapp.people.accounts.queries import holders_of
from lmsapp.people.roles import Role

TRAIL = N_(
    "The audit trail of this system names who did what. It is kept under a rule of its own, because it shows that"
    " nothing was changed unseen (21 CFR 11.10(e))."
)
LEDGER = N_("In the ledger that proves our records there is no name, only a sum from which nobody can tell you.")
OTHERS = N_(
    "Where you assigned, filed, graded or approved something for others, your name stays on their records as long as"
    " those are kept."
)
COMPLAIN = N_("You may complain to the data protection authority of your country.")
HELD = N_("All of it is under a legal hold, so nothing else was removed either. We go on once it is lifted.")
NAME_UNTIL = N_("Your name stays on these records until %(day)s. It is then removed with them at our next review.")
NAME_STAYS = N_(
    "Your name stays on these records as long as they are kept. It is then removed with them at our next review."
)


def erasure_letter(erasure: Erasure, after: Outlook, counts: dict[str, int]) -> str:
    """Plain text in the person's language, without their name: it is kept, and their name is not."""
    language = erasure.language
    with force_locale(language):
        asked = format_date(erasure.asked_on, "long", locale=language)
        lines = [
            site.organisation(),
            "",
            gettext("Your request of %(day)s to erase your personal data (number %(id)s)", day=asked, id=erasure.id),
            "",
            *_gone(counts),
            "",
            *_stays(after, language),
            "",
            gettext(TRAIL),
            gettext(LEDGER),
            gettext(OTHERS),
            gettext(COMPLAIN),
        ]
    return "\n".join(lines)


def _gone(counts: dict[str, int]) -> list[str]:
    if not counts:
        return [gettext("Nothing was removed yet.")]
    return [gettext("We removed:"), *(f"- {kind_words(name)}: {number}" for name, number in counts.items())]


def _stays(after: Outlook, language: str) -> list[str]:
    if not after.stays and not after.held:
        return [gettext("Nothing about you is kept as a record any more, and your name is gone too.")]
    lines = [gettext("The law lets us keep what a legal duty asks for (GDPR Article 17(3)(b) and (e)). We keep:")]
    lines += [f"- {_stay(one, language)}" for one in after.stays]
    if after.held:
        lines.append(
            gettext("All of it is under a legal hold, so nothing else was removed either. We go on once it is lifted.")
        )
    until = after.name_until
    day = format_date(until, "long", locale=language) if until else ""
    lines += ["", gettext(NAME_UNTIL, day=day) if until else gettext(NAME_STAYS)]
    return lines


def _stay(one: Stays, language: str) -> str:
    what = ngettext("%(kind)s: %(num)s record", "%(kind)s: %(num)s records", one.count, kind=kind_words(one.kind))
    if one.holds:
        return gettext("%(what)s, under a legal hold", what=what)
    until = format_date(one.until, "long", locale=language) if one.until else gettext("further notice")
    if one.law:
        return gettext("%(what)s, until %(day)s, because of %(law)s", what=what, day=until, law=one.law)
    return gettext("%(what)s, until %(day)s", what=what, day=until)


def kind_words(name: str) -> str:
    """A kind of record, or one of the words of `personal`, in the reader's language."""
    return gettext(KINDS[name].many if name in KINDS else name)


def tell_hr_of_failed_test(event: RetrievalFailed) -> None:
    """Once a test."""
    run_id = event.test.run_id
    values: dict[str, Any] = {"failed": event.failed, "of": len(event.test.lines), "day": _day(event)}
    key, link = f"retrieval/{run_id}/failed", f"/hr/retention/retrieval-tests/{run_id}"
    tell_each(holders_of(Role.HR_MANAGER), "retrieval_failed", key, values, link, about=("retrieval_test", run_id))


def _day(event: RetrievalFailed) -> dt.date:
    return event.test.finished_at.date()
