"""Help: short pages for the main tasks, and the sheet of every part the pages are built from (UX).

Stands on the Markdown files in `templates/help/`; knows no person's data. Never explains what a page could say itself.
"""

from __future__ import annotations

from lmsapp.web.help import components, pages
from lmsapp.web.help.wing import bp

__all__ = ["bp", "components", "pages"]
