"""Reports of the manager's own line, and the schedules they made themselves (REP-1, REP-4)."""

from __future__ import annotations

from lmsapp.people.roles import May, Reach
from lmsapp.web.report_routes import REPORT_SCHEDULES, REPORTS
from lmsapp.web.team.wing import bp
from lmsapp.web.wing_routes import install

install(bp, REPORTS, line_only=True)
install(bp, REPORT_SCHEDULES, May.LEAD, reach=Reach.OWN)
