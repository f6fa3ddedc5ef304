"""Evidence packs for auditors, who find those they asked for: a pack holds what its asker may open (EVD-4)."""

from __future__ import annotations

from lmsapp.people.roles import May, Reach
from lmsapp.web.admin.wing import bp
from lmsapp.web.pack_routes import PACKS
from lmsapp.web.wing_routes import install

install(bp, PACKS, May.AUDIT, reach=Reach.OWN, own=True)
