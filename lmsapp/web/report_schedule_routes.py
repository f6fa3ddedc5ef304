"""The addresses of schedules, the same in each wing that has reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from lmsapp.people.roles import May, Reach
from lmsapp.web import report_schedules as pages
from lmsapp.web.gates import needs

BASE = "/reports/schedules"
ONE = f"{BASE}/<int:report_schedule_id>"
# Address, endpoint, method, what answers it.
ROUTES: tuple[tuple[str, str, str, Callable[..., Any]], ...] = (
    (f"{BASE}/new", "new_report_schedule", "GET", pages.new_page),
    (BASE, "create_report_schedule", "POST", pages.create),
    (ONE, "report_schedule", "GET", pages.one_page),
    (f"{ONE}/edit", "edit_report_schedule", "GET", pages.edit_page),
    (f"{ONE}/edit", "save_report_schedule", "POST", pages.save),
    (f"{ONE}/pause", "pause_report_schedule", "POST", pages.pause),
    (f"{ONE}/resumption", "resume_report_schedule", "POST", pages.resume),
    (f"{ONE}/attempt", "repeat_report_schedule", "POST", pages.again),
    (f"{ONE}/end", "end_report_schedule", "POST", pages.end),
)


def install(bp: Blueprint, wing: str, *gate: May, reach: Reach | None = None) -> None:
    """Each of them, for whoever passes the gate; `reach`: whose schedules they find."""
    for address, name, method, answer in ROUTES:
        view = needs(*gate, reach=reach)(_view(wing, answer))
        bp.add_url_rule(address, name, view, methods=[method])


def _view(wing: str, answer: Callable[..., Any]) -> Callable[..., Any]:
    def view(**ids: int) -> Any:
        return answer(wing, **ids)

    return view
