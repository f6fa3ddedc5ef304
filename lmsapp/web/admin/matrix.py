"""The compliance matrix of everybody, for auditors (HRD-7)."""

from __future__ import annotations

from lmsapp.people.roles import May
from lmsapp.web.admin.wing import bp
from lmsapp.web.matrix import matrix_routes
from lmsapp.web.wing_routes import install

install(bp, matrix_routes("/compliance-matrix"), May.AUDIT, line=False)
