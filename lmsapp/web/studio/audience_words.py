"""Audiences, training rules and what came of them, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext

from lmsapp.assignments.standing.rules import Due, DueKind, Reason
from lmsapp.infra.words import N_
from lmsapp.people.audiences.queries import department_words, people_words
from lmsapp.people.audiences.rules import AudienceRule
from lmsapp.web.dates import day

DUE_KINDS: dict[str, Any] = {
    DueKind.AFTER_ASSIGNMENT: __("So many days after the assignment"),
    DueKind.AFTER_JOINING: __("So many days after joining the audience: a role change, a move, the start"),
    DueKind.AFTER_HIRE: __("So many days after the day of hire"),
    DueKind.FIXED: __("On a fixed day"),
    DueKind.BEFORE_DATE: __("So many days before a fixed day"),
}
REASONS: dict[str, Any] = {
    Reason.NO_HIRE_DATE: __("No day of hire"),
    Reason.TOO_LATE: __("Due date over"),
    Reason.TOO_FAR: __("Due date too far"),
    Reason.WITHDRAWN: __("Was withdrawn"),
    Reason.CANCELLED: __("Was cancelled"),
    Reason.EXEMPT: __("Is exempt"),
    Reason.COMPLETED: __("Has completed it"),
    Reason.LAPSED: __("Has lapsed"),
}
WHAT_TO_DO: dict[Reason, str] = {
    Reason.NO_HIRE_DATE: N_("The record has no day of hire. Add it there, or set a due date here."),
    Reason.TOO_LATE: N_("It would be due on %(day)s, before it can be done. Set a due date, or exempt."),
    Reason.TOO_FAR: N_("It would be due on %(day)s, more than ten years ahead. Set a due date."),
    Reason.WITHDRAWN: N_("Was withdrawn on %(day)s. Ask again, set a due date, or exempt."),
    Reason.CANCELLED: N_("Staff cancelled it on %(day)s: %(why)s. Ask again, or exempt."),
    Reason.EXEMPT: N_("Was exempted on %(day)s: %(why)s. Nothing to do, or ask again."),
    Reason.COMPLETED: N_("Completed it on %(day)s, and it is valid. Nothing to do."),
    Reason.LAPSED: N_("Completed on %(day)s, lapsed on %(until)s. A due date begins it again."),
}
RULE_STATUSES: dict[str, Any] = {"active": __("Active"), "paused": __("Paused"), "archived": __("Ended")}


def rules_in_words(rules: Mapping[int, AudienceRule]) -> dict[int, list[str]]:
    """One line for each condition of each rule; two statements for all of them."""
    departments = {one for rule in rules.values() for one in (*rule.who.departments, *rule.who.only_departments)}
    single = {one for rule in rules.values() for one in (*rule.include, *rule.exclude)}
    names = department_words(departments), people_words(g.viewer, single)
    return {key: _lines(rule, *names) for key, rule in rules.items()}


def _lines(rule: AudienceRule, departments: Mapping[int, str], people: Mapping[int, tuple[str, str]]) -> list[str]:
    def known(ids: Iterable[int]) -> str:
        return ", ".join(departments.get(one) or _("a department that is gone") for one in ids)

    def named(ids: Iterable[int]) -> str:
        return ", ".join(people[one][1] for one in ids if one in people)

    who = rule.who
    lines = [_("Everybody who works here")] if rule.everybody else []
    lines += [_("Job role: %(names)s", names=", ".join(who.job_roles))] if who.job_roles else []
    lines += [_("Department, with those beneath: %(names)s", names=known(who.departments))] if who.departments else []
    if who.only_departments:
        lines.append(_("Department, without those beneath: %(names)s", names=known(who.only_departments)))
    lines += [_("Location: %(names)s", names=", ".join(who.locations))] if who.locations else []
    lines += [_("Region: %(names)s", names=", ".join(who.regions))] if who.regions else []
    lines += [_("Cohort: %(names)s", names=", ".join(who.cohorts))] if who.cohorts else []
    lines += _hire_lines(rule)
    lines += [_("Also: %(names)s", names=named(rule.include))] if rule.include else []
    lines += [_("Never: %(names)s", names=named(rule.exclude))] if rule.exclude else []
    return lines


def _hire_lines(rule: AudienceRule) -> list[str]:
    lines = []
    if rule.hired_from or rule.hired_until:
        first, last = (day(one) or "…" for one in (rule.hired_from, rule.hired_until))
        lines.append(_("Hired from %(first)s to %(last)s", first=first, last=last))
    if rule.hired_within_days is not None:
        lines.append(ngettext("Hired within %(num)s day", "Hired within the last %(num)s days", rule.hired_within_days))
    return lines


def due_in_words(kept: Mapping[str, Any]) -> str:
    """'10 working days after the assignment'."""
    due = Due.from_json(kept)
    if due.kind is DueKind.FIXED:
        return _("on %(day)s", day=day(due.on))
    if due.working:
        count = ngettext("%(num)s working day", "%(num)s working days", due.days)
    else:
        count = ngettext("%(num)s day", "%(num)s days", due.days)
    match due.kind:
        case DueKind.AFTER_HIRE:
            return _("%(count)s after the day of hire", count=count)
        case DueKind.AFTER_JOINING:
            return _("%(count)s after joining the audience", count=count)
        case DueKind.BEFORE_DATE:
            return _("%(count)s before %(day)s", count=count, day=day(due.on))
        case _:
            return _("%(count)s after the assignment", count=count)


def reason_in_words(reason: str, facts: Mapping[str, str]) -> str:
    """Why somebody could not be assigned, and what to do about it."""
    on, until = (_day(facts.get(name)) for name in ("day", "until"))
    return _(WHAT_TO_DO[Reason(reason)], day=on, until=until, why=facts.get("why", ""))


def run_in_words(run: Any) -> str:
    """'12 joined · 12 assigned'."""
    parts = [
        ngettext("%(num)s joined", "%(num)s joined", run.people_joined) if run.people_joined else "",
        ngettext("%(num)s left", "%(num)s left", run.people_left) if run.people_left else "",
        ngettext("%(num)s assigned", "%(num)s assigned", run.assigned) if run.assigned else "",
        ngettext("%(num)s withdrawn", "%(num)s withdrawn", run.withdrawn) if run.withdrawn else "",
        ngettext("%(num)s not assigned", "%(num)s not assigned", run.exceptions) if run.exceptions else "",
        ngettext("%(num)s exception settled", "%(num)s exceptions settled", run.settled) if run.settled else "",
    ]
    return " · ".join(part for part in parts if part) or _("Nothing to change")


def _day(text: str | None) -> str:
    return day(dt.date.fromisoformat(text)) if text else ""
