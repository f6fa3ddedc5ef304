"""The addresses of a statistics page, its parts and the rows behind its numbers (DSH-3, DSH-4)."""

from __future__ import annotations

from lmsapp.web import statistics as pages
from lmsapp.web.wing_routes import Answer, Route

# What follows the address and the name of the page.
BELOW: tuple[tuple[str, str, Answer], ...] = (
    ("/<block>", "_part", pages.block_part),
    ("/<block>.csv", "_csv", pages.block_csv),
    ("/rows", "_rows", pages.rows_page),
    ("/rows.csv", "_rows_csv", pages.rows_csv),
)
WHOLE = Route("/statistics", "statistics", pages.statistics_page)
STATISTICS: tuple[Route, ...] = (
    WHOLE,
    *(Route(WHOLE.address + address, WHOLE.name + name, answer) for address, name, answer in BELOW),
)
