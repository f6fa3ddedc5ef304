"""The compliance matrix of the own line, to read (HRD-7)."""

from __future__ import annotations

from lmsapp.web.matrix import matrix_routes
from lmsapp.web.team.wing import bp
from lmsapp.web.wing_routes import install

install(bp, matrix_routes("/matrix"), line=True)
