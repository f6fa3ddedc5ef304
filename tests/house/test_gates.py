"""The house: every route is gated, every navigation entry and every job leads somewhere (SEC-4)."""

from __future__ import annotations

import pytest
from flask import Flask

from lmsapp.jobs import JOBS, SCHEDULE
from lmsapp.people.roles import GRANTS, REACHES, May, Reach, Role
from lmsapp.web.gates import PUBLIC, UNLESS_SAID, WINGS, check_gates, policy_of
from lmsapp.web.navigation import ACCOUNT, DOORS, ENTRIES, WING_DOORS

# What anybody may open, whole: adding to it is a decision.
OPEN_TO_ALL = {"door", "public", "health", "mailbox", "content", "api"}


def test_every_route_states_its_gate(built: Flask) -> None:
    """SEC-4: a route nobody thought about stops the start."""
    for rule in built.url_map.iter_rules():
        policy = policy_of(built, rule.endpoint)
        wing = rule.endpoint.partition(".")[0]
        if PUBLIC in policy.gates:
            assert rule.endpoint == "static" or wing in OPEN_TO_ALL, rule.endpoint
    assert len(list(built.url_map.iter_rules())) > 60


def test_a_route_without_a_gate_is_refused(built: Flask) -> None:
    """SEC-4: closed by default."""
    other = Flask("other")
    other.add_url_rule("/nowhere", endpoint="nowhere.page", view_func=lambda: "")
    with pytest.raises(LookupError, match=r"nowhere\.page"):
        check_gates(other)


def test_public_wings_are_few() -> None:
    assert {wing for wing, gate in WINGS.items() if gate.public} == OPEN_TO_ALL


def test_navigation_leads_somewhere(built: Flask) -> None:
    """Every place named in the navigation exists; who sees it is asked of its policy."""
    for wing, entries in ENTRIES.items():
        for entry in entries:
            assert entry.endpoint in built.view_functions, entry.endpoint
            assert entry.endpoint.startswith((f"{wing}.", "help.")), entry.endpoint
    for wing, door in WING_DOORS:
        assert door.endpoint in built.view_functions, door.endpoint
        gates = policy_of(built, door.endpoint).gates
        assert gates == (WINGS[wing], *filter(None, [UNLESS_SAID.get(wing)])), (
            f"the door of {wing} is open to all of it"
        )
    for wing in UNLESS_SAID:
        for may in WINGS[wing].any_of:
            inner = [policy_of(built, entry.endpoint).gates[-1].any_of for entry in ENTRIES[wing]]
            assert any(may in any_of for any_of in inner), f"who enters {wing} by {may} finds a place there"
    for entry in ACCOUNT:
        assert entry.endpoint in built.view_functions, entry.endpoint
    for endpoint in DOORS.values():
        assert endpoint in built.view_functions, endpoint


def test_every_job_name_resolves() -> None:
    """REM-1, OPS-3: a name in the schedule is a function, and no two rows share a name."""
    names = [row.job for row in SCHEDULE]
    assert len(set(names)) == len(names)
    assert JOBS
    assert all(callable(function) for function in JOBS.values())


def test_no_role_is_granted_what_the_table_does_not_say() -> None:
    """ORG-2: the table of roles, as the specification has it."""
    assert set(GRANTS) == set(Role)
    assert GRANTS[Role.LMS_STUDENT] == {May.LEARN}
    assert GRANTS[Role.AUDITOR] == {May.AUDIT}
    assert GRANTS[Role.HR_MANAGER] == {May.KEEP_RECORDS}
    assert GRANTS[Role.MODERATOR] == {May.MODERATE, May.AUTHOR}
    assert GRANTS[Role.COURSE_CREATOR] == {May.AUTHOR}
    assert GRANTS[Role.BATCH_EVALUATOR] == {May.GRADE}
    assert GRANTS[Role.SYSTEM_MANAGER] == set(May) - {May.LEAD, May.LEARN}
    assert set(REACHES) == set(May), "each grant says whose objects it reaches, and in words"
    assert {may for may, (reach, _) in REACHES.items() if reach is not Reach.EVERYBODY} == {
        May.LEARN,
        May.LEAD,
        May.AUTHOR,
    }
    assert May.LEAD not in set().union(*GRANTS.values()), "leading follows from the reporting line"
