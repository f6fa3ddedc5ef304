"""Compliance types, decisions and batches in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lmsapp.compliance.ledger.actions import TypeFacts
from lmsapp.compliance.ledger.rules import policy_for
from lmsapp.courses.validity.policy import Basis, Policy
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.web.dates import day
from lmsapp.web.studio.audience_words import rules_in_words

BATCHES: dict[str, Any] = {
    "file": __("Filing"),
    "mark": __("Marking Complete"),
    "waive": __("Waiving"),
    "take out": __("Taking out again"),
    "treat": __("What waited for a policy"),
    "settle": __("Who has to hold what"),
}
LINES: dict[str, Any] = {
    "waiting": __("Waiting"),
    "done": __("Done"),
    "refused": __("Not done"),
    "undone": __("Taken out again"),
}
# What an entry of the trail says of a type.
CHANGES: dict[str, Any] = {
    "created": __("Created"),
    "changed": __("Changed"),
    "archived": __("Archived"),
    "file by itself on": __("A completion files its certificate by itself: on"),
    "file by itself off": __("A completion files its certificate by itself: off"),
    "mark by itself on": __("A completion marks it Complete by itself: on"),
    "mark by itself off": __("A completion marks it Complete by itself: off"),
    "duties made true": __("Who has to hold it"),
}


def sentences(facts: TypeFacts, audience: str, courses: Sequence[str], document: str, on: Sequence[str]) -> list[str]:
    """The whole type in plain words, one sentence after the other."""
    policy = policy_for(facts.renewal_months, facts.notice_days, facts.validity_terms)
    said = [_whom(facts, audience), _lasts(policy), *_ahead(facts)]
    said.append(_evidence(facts.evidence_needed, document))
    if courses:
        said.append(_("Training that supports it: %(titles)s.", titles=_either(courses)))
    return [*said, _by_itself(on, courses)]


def _whom(facts: TypeFacts, audience: str) -> str:
    if facts.audience_id is not None:
        return _("Whoever belongs to the audience “%(name)s” must hold this.", name=audience)
    rule = AudienceRule.from_json(facts.rule)
    if rule.everybody and not (rule.include or rule.exclude):
        return _("Everybody who works here must hold this.")
    lines = rules_in_words({0: rule})[0]
    return _("These people must hold it. %(rule)s.", rule="; ".join(lines))


def _lasts(policy: Policy) -> str:
    if policy.months is None:
        return _("It never ends.")
    long = ngettext("It lasts %(num)s month", "It lasts %(num)s months", policy.months)
    if policy.basis is Basis.FIXED:
        fixed = format_date(dt.date(2024, policy.fixed_month, policy.fixed_day), "d MMMM")
        words = _("%(long)s, until %(fixed)s.", long=long, fixed=fixed)
    elif policy.basis is Basis.PREVIOUS:
        words = _("%(long)s, counted from the end of the last one, so that renewing in time loses nothing.", long=long)
    else:
        words = _("%(long)s from the day it was completed.", long=long)
    if not policy.grace_days:
        return words
    grace = ngettext("Grace: %(num)s day.", "Grace: %(num)s days.", policy.grace_days)
    return f"{words} {grace}"


def _ahead(facts: TypeFacts) -> list[str]:
    if facts.renewal_months is None:
        return []
    n = facts.notice_days
    words = [ngettext("It is Expiring from %(num)s day before.", "It is Expiring from %(num)s days before.", n)]
    if facts.reminder_days:
        days = ", ".join(str(one) for one in sorted(set(facts.reminder_days), reverse=True))
        words.append(_("The employee, the manager and HR are told %(days)s days before, once each.", days=days))
    else:
        words.append(_("Nobody is told before."))
    return words


def _evidence(needed: bool, document: str) -> str:
    if not needed:
        return _("No document has to show it.")
    if document:
        return _("A document of the kind “%(kind)s” in the employee file must show it.", kind=document)
    return _("A document in the employee file must show it.")


def _by_itself(on: Sequence[str], courses: Sequence[str]) -> str:
    if "file" in on and "mark" in on:
        return _("A completion files its certificate and marks this Complete by itself.")
    if "file" in on:
        return _("A completion files its certificate by itself; HR marks it Complete.")
    if "mark" in on:
        return _("HR files; what is filed marks this Complete by itself.")
    return _("HR files and decides: nothing happens by itself.") if courses else _("HR decides.")


def _either(names: Sequence[str]) -> str:
    return _(" or ").join(names) if len(names) < 4 else ", ".join(names)


def counted(
    months: int | None, counted_from: dt.date | None, completed_on: dt.date | None, terms: Mapping[str, Any]
) -> str:
    """Why the renewal date is that day: '12 months after 2 Nov 2026'."""
    if months is None or counted_from is None:
        return ""
    if terms.get("basis") == Basis.FIXED.value:
        return _("the fixed date that follows %(day)s", day=day(counted_from))
    after = ngettext("%(num)s month after %(day)s", "%(num)s months after %(day)s", months, day=day(counted_from))
    if counted_from != completed_on:
        return _("%(after)s, the end of the last one", after=after)
    return after


def said_of(line: Any) -> list[str]:
    """What there is to say of a line of a batch: what was marked, then what was not."""
    words = []
    for one in line.marked:
        until = one.get("renewal_on")
        if until:
            until = day(dt.date.fromisoformat(until))
            words.append(_("%(type)s marked, renew by %(day)s", type=one["type"], day=until))
        else:
            words.append(_("%(type)s decided", type=one["type"]))
    return words + [_(one["message"], **one["values"]) for one in line.said]
