"""The compliance matrix of everybody, for HR (HRD-7)."""

from __future__ import annotations

from lmsapp.web.hr.wing import bp
from lmsapp.web.matrix import matrix_routes
from lmsapp.web.wing_routes import install

install(bp, matrix_routes("/matrix"), line=False)
