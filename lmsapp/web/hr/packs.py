"""Evidence packs: HR finds all of them (EVD-4)."""

from __future__ import annotations

from lmsapp.web.hr.wing import bp
from lmsapp.web.pack_routes import PACKS
from lmsapp.web.wing_routes import install

install(bp, PACKS, own=False)
