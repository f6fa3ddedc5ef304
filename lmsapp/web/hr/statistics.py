"""The statistics of everybody, for HR (DSH-3, DSH-4)."""

from __future__ import annotations

from lmsapp.web.hr.wing import bp
from lmsapp.web.statistics_routes import STATISTICS
from lmsapp.web.wing_routes import install

install(bp, STATISTICS)
