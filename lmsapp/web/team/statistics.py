"""The statistics of the manager's own line (DSH-3, DSH-4)."""

from __future__ import annotations

from lmsapp.web.statistics_routes import STATISTICS
from lmsapp.web.team.wing import bp
from lmsapp.web.wing_routes import install

install(bp, STATISTICS, line_only=True)
