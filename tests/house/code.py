"""The product's own source, read as trees, for the tests of the house."""

from __future__ import annotations

import ast
import gc
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lmsapp"

# Low to high. Areas on one step never import each other.
LADDER = (
    {"infra"},
    {"config"},
    {"people"},
    {"evidence", "outreach"},
    {"courses"},
    {"learning"},
    {"assignments"},
    {"compliance", "cohorts"},
    {"onboarding"},
    {"automation"},
    {"insight"},
    {"web", "jobs", "reactions", "cli", "demo"},
)
STEP = {area: number for number, step in enumerate(LADDER) for area in step}
TOP = len(LADDER) - 1


@dataclass(frozen=True)
class Module:
    name: str  # dotted, 'lmsapp.people.roster.rules'
    path: Path
    tree: ast.Module

    @property
    def area(self) -> str:
        """'people'; '' for the package itself, which alone sees all."""
        return (self.name.split(".") + [""])[1]

    @property
    def file(self) -> str:
        return self.path.name

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The whole tree, walked once for all tests: a million and a half in all."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[tuple[str, int], ...]:
        """Every module or name imported anywhere in the file, with its line."""
        found = []
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found += [(alias.name, node.lineno) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno} imports relatively"
                found.append((node.module or "", node.lineno))
                found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
        return tuple(found)


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    found = []
    gc.disable()  # nothing of this is garbage
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))))
    gc.freeze()
    gc.enable()
    assert len(found) > 50
    return tuple(found)


def where(module: Module, line: int) -> str:
    return f"{module.path.relative_to(ROOT)}:{line}"
