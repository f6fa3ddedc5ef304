"""A library that is imported when it is first used.

What draws and signs PDFs takes 36 MB and a second of CPU time to import; every web process and every command would pay
for what only the worker does.
"""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for the module of that name: `pisa = Later("xhtml2pdf.pisa")`, then `pisa.CreatePDF(...)`."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = self.__dict__[attribute] = getattr(importlib.import_module(self._name), attribute)
        return found
