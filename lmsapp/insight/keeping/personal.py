"""Personal data outside of records: where it lies, and how it goes when somebody is erased (EVD-6, GDPR 17).

Nothing here is evidence, so no duty keeps it. Each statement can be run again. `:employee_id`, `:user_id`, `:name`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, column, func, or_, select, table, text, update

from lmsapp.infra.db import db
from lmsapp.infra.rights import APPEND_ONLY
from lmsapp.infra.words import N_
from lmsapp.insight.keeping.kinds import KINDS
from lmsapp.people.accounts.models import User
from lmsapp.people.employees.models import Employee

ERASED = "Erased person"  # as the database's door writes it; shown translated
ACCOUNT = N_("Account, password and roles")
CONTACT = N_("Contact data and profile")
NOTES = N_("Notes, drafts, reviews and choices")
LINKS = N_("Links sent, and lines of files of people")
NAMED = N_("Mentions of the name elsewhere")
MINE = "IN (SELECT id FROM enrollment WHERE employee_id = :employee_id)"
REDACTED = "replace({0}, :name, '…')"

# ruff: noqa: S608, ISC004 - statements of ours, without a value in them
STATEMENTS: tuple[tuple[str, str], ...] = (
    (
        CONTACT,
        "UPDATE employee SET email = NULL, mobile = NULL, location = '', region = '', cohort = '', leave_reason = ''"
        " WHERE id = :employee_id AND (email IS NOT NULL OR mobile IS NOT NULL OR location <> '' OR region <> ''"
        " OR cohort <> '' OR leave_reason <> '')",
    ),
    (CONTACT, "DELETE FROM contact_preference WHERE employee_id = :employee_id"),
    (ACCOUNT, "DELETE FROM reset_asked WHERE lower(email) = (SELECT lower(email) FROM app_user WHERE id = :user_id)"),
    (ACCOUNT, "DELETE FROM sign_in_link WHERE user_id = :user_id"),
    (ACCOUNT, "DELETE FROM user_role WHERE user_id = :user_id"),
    (
        ACCOUNT,
        "UPDATE app_user SET email = 'erased-' || id || '@erased.invalid', name = 'Erased person',"
        " password_hash = NULL, active = false, session_epoch = session_epoch + 1, last_sign_in_at = NULL,"
        " time_zone = NULL"
        " WHERE id = :user_id AND name <> 'Erased person'",
    ),
    (NOTES, f"DELETE FROM lesson_note WHERE enrollment_id {MINE}"),
    (NOTES, f"DELETE FROM hand_in_draft WHERE enrollment_id {MINE}"),
    (NOTES, "DELETE FROM learner_choice WHERE employee_id = :employee_id"),
    (NOTES, "UPDATE course_review SET text = '' WHERE employee_id = :employee_id AND text <> ''"),
    (NOTES, f"UPDATE instructor_request SET words = '', answer = '' WHERE enrollment_id {MINE} AND words <> ''"),
    (NOTES, "DELETE FROM first_view WHERE user_id = :user_id"),
    (NOTES, "DELETE FROM first_view WHERE view_id IN (SELECT id FROM saved_view WHERE owner_id = :user_id)"),
    (NOTES, "DELETE FROM saved_view WHERE owner_id = :user_id"),
    (LINKS, "DELETE FROM go_no_go_person WHERE employee_id = :employee_id"),
    (NOTES, "DELETE FROM go_no_go_clearance WHERE employee_id = :employee_id"),
    (
        LINKS,
        "UPDATE access_token SET name = '', last_used_from = '', revoked_at = coalesce(revoked_at, now())"
        " WHERE owner_id = :user_id AND (name <> '' OR revoked_at IS NULL)",
    ),
    (LINKS, "DELETE FROM access_link WHERE employee_id = :employee_id"),
    (LINKS, "DELETE FROM roster_line WHERE employee_id = :employee_id"),
    (
        LINKS,
        "DELETE FROM assignment_act_line WHERE assignment_id IN"
        " (SELECT id FROM training_assignment WHERE employee_id = :employee_id)",
    ),
    (LINKS, "DELETE FROM enrollment_run_line WHERE employee_id = :employee_id"),
    (
        NAMED,
        f"UPDATE notice SET subject = {REDACTED.format('subject')}, body_text = {REDACTED.format('body_text')},"
        f" body_html = {REDACTED.format('body_html')}, to_name = {REDACTED.format('to_name')}"
        " WHERE strpos(subject || body_text || body_html || to_name, :name) > 0"
        " AND retention_holds('notice', employee_id, NULL, NULL, (queued_at AT TIME ZONE 'UTC')::date) IS NULL",
    ),
    (NAMED, "UPDATE certificate_group SET missing = '[]' WHERE strpos(missing::text, :name) > 0"),
    (NAMED, "UPDATE roster_run SET samples = '[]' WHERE strpos(samples::text, :name) > 0"),
)


def forget(employee_id: int) -> dict[str, int]:
    """Take it away; how many rows, by the words of what they were. Whether it may is the caller's to ask."""
    person = db.session.execute(select(Employee.user_id, Employee.name).where(Employee.id == employee_id)).one()
    values = {"employee_id": employee_id, "user_id": person.user_id or 0, "name": person.name}
    taken: dict[str, int] = {}
    for words, statement in STATEMENTS:
        result: Any = db.session.execute(text(statement), _only(statement, values))
        taken[words] = taken.get(words, 0) + result.rowcount
    taken[NAMED] += _names(person.name, person.user_id)
    db.session.expire_all()
    return {words: number for words, number in taken.items() if number}


def _names(name: str, user_id: int | None) -> int:
    """Names written beside what somebody did, in rows that are no records: by their id, else by the name where only one
    person bears it."""
    alone = _bearers(name) <= 1
    changed = 0
    for here, said, whose in name_columns():
        target = table(here.name, column(said.name), *([column(whose.name)] if whose is not None else []))
        mine = [target.c[whose.name] == user_id] if whose is not None and user_id else []
        if alone:
            mine.append(target.c[said.name] == name)
        if mine:
            result: Any = db.session.execute(
                update(target).where(or_(*mine), target.c[said.name].not_in(("", ERASED))).values({said.name: ""})
            )
            changed += result.rowcount
    return changed


def name_columns() -> Iterator[tuple[Table, Column[Any], Column[Any] | None]]:
    """(table, column of a name, column of its account or None), outside of records and of what is only added to."""
    untouched = {*KINDS, *APPEND_ONLY, "app_user", "employee"}
    for here in db.metadata.sorted_tables:
        if here.name in untouched:
            continue
        for said in here.columns:
            if not said.name.endswith("_name") or said.name.removesuffix("_name") in ("file", "template", "firm"):
                continue
            whose = here.columns.get(said.name.removesuffix("_name") + "_id")
            leads = whose is not None and any(key.column.table.name == "app_user" for key in whose.foreign_keys)
            yield here, said, whose if leads else None


def _bearers(name: str) -> int:
    people = db.session.scalar(select(func.count()).where(Employee.name == name)) or 0
    staff = select(func.count()).where(
        User.name == name, ~select(Employee.id).where(Employee.user_id == User.id).exists()
    )
    return people + (db.session.scalar(staff) or 0)


def _only(statement: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in statement}
