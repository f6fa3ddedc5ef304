"""The addresses of reports and of their schedules, the same in each wing that has them (REP-1, REP-4, REP-5)."""

from __future__ import annotations

from lmsapp.web import report_pages, report_schedules, reporting
from lmsapp.web.wing_routes import Route

ONE = "/reports/rows/<report_key>"
SCHEDULES = "/reports/schedules"
SCHEDULE = f"{SCHEDULES}/<int:report_schedule_id>"
# They take `line_only`.
REPORTS: tuple[Route, ...] = (
    Route("/reports", "reports", report_pages.catalogue_page),
    Route(ONE, "report_rows", report_pages.rows_page),
    Route(f"{ONE}/sheet.csv", "report_csv", report_pages.report_csv),
    Route(f"{ONE}/sheet.xlsx", "report_xlsx", report_pages.report_xlsx),
    Route(f"{ONE}/files", "create_report_run", report_pages.create_run, "POST"),
    # The completion report has a page of its own besides: shares, department by department.
    Route("/reports/completion", "completion_report", reporting.report_page),
    Route("/reports/completion.csv", "completion_csv", reporting.report_csv),
    Route("/reports/completion/prints", "print_completion", reporting.print_report, "POST"),
    Route("/reports/recorded-later", "recorded_later", reporting.later_page),
)
# Whose schedules somebody finds follows from the wing.
REPORT_SCHEDULES: tuple[Route, ...] = (
    Route(f"{SCHEDULES}/new", "new_report_schedule", report_schedules.new_page),
    Route(SCHEDULES, "create_report_schedule", report_schedules.create, "POST"),
    Route(SCHEDULE, "report_schedule", report_schedules.one_page),
    Route(f"{SCHEDULE}/edit", "edit_report_schedule", report_schedules.edit_page),
    Route(f"{SCHEDULE}/edit", "save_report_schedule", report_schedules.save, "POST"),
    Route(f"{SCHEDULE}/pause", "pause_report_schedule", report_schedules.pause, "POST"),
    Route(f"{SCHEDULE}/resumption", "resume_report_schedule", report_schedules.resume, "POST"),
    Route(f"{SCHEDULE}/attempt", "repeat_report_schedule", report_schedules.again, "POST"),
    Route(f"{SCHEDULE}/end", "end_report_schedule", report_schedules.end, "POST"),
)
