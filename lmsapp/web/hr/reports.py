"""Reports over everybody, and all schedules (REP-1, REP-4)."""

from __future__ import annotations

from lmsapp.web.hr.wing import bp
from lmsapp.web.report_routes import REPORT_SCHEDULES, REPORTS
from lmsapp.web.wing_routes import install

install(bp, REPORTS, line_only=False)
install(bp, REPORT_SCHEDULES)
