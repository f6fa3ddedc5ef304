"""The house: imports look down only, and each of the four files keeps to its question."""

from __future__ import annotations

import ast

from tests.house.code import STEP, TOP, Module, modules, where

STANDARD_ONLY = (
    "sqlalchemy",
    "flask",
    "rq",
    "redis",
    "werkzeug",
    "flask_sqlalchemy",
    "lmsapp.infra.clock",
    "lmsapp.infra.db",
)
# What the web layer may take from an area: never models, never the session.
WEB_FORBIDDEN = ("lmsapp.infra.db", "sqlalchemy", "flask_sqlalchemy")
WEB_ALLOWED_DB = {"lmsapp.web.setup", "lmsapp.web.errors", "lmsapp.web.forms", "lmsapp.web.render"}


def area_of(imported: str) -> str:
    parts = imported.split(".")
    return parts[1] if parts[0] == "lmsapp" and len(parts) > 1 else ""


def test_imports_look_down_only() -> None:
    """The ladder of docs/decisions: lower areas know nothing of higher ones, areas on one step nothing of each other."""
    wrong = []
    for module in modules():
        here = STEP.get(module.area)
        if here is None:
            continue
        for imported, line in module.imports:
            there = STEP.get(area_of(imported))
            if there is None or area_of(imported) == module.area:
                continue
            if there > here or (there == here and here != TOP):
                wrong.append(f"{where(module, line)} {module.area} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_every_area_stands_on_the_ladder() -> None:
    """A new area needs a step, on purpose."""
    assert {module.area for module in modules()} - {""} <= set(STEP)


def test_rules_are_pure() -> None:
    """rules.py: standard library, rules and enums below; no SQLAlchemy, Flask, RQ, clock."""
    wrong = [
        f"{where(module, line)} imports {imported}"
        for module in modules()
        if module.file == "rules.py"
        for imported, line in module.imports
        if imported.startswith(STANDARD_ONLY)
    ]
    assert not wrong, "\n".join(wrong)


def test_models_hold_no_queries_and_no_actions() -> None:
    """models.py: infra.db, models below, own rules."""
    wrong = [
        f"{where(module, line)} imports {imported}"
        for module in modules()
        if module.file == "models.py"
        for imported, line in module.imports
        if imported.startswith("lmsapp.") and imported.split(".")[-1] in {"queries", "actions"}
    ]
    assert not wrong, "\n".join(wrong)


def test_actions_know_no_request_and_never_commit() -> None:
    """actions.py: no Flask request, no commit, no sending. One commit point: unit_of_work and the response."""
    wrong = []
    for module in modules():
        if module.area == "infra" or module.name in WEB_ALLOWED_DB:
            continue
        wrong += [f"{where(module, node.lineno)} commits" for node in module.nodes if _is_commit(node)]
        if module.file != "actions.py":
            continue
        wrong += [
            f"{where(module, line)} imports {imported}"
            for imported, line in module.imports
            if imported.split(".")[0] in {"flask", "flask_login", "flask_wtf", "smtplib", "rq"}
        ]
    assert not wrong, "\n".join(wrong)


def test_queries_write_nothing() -> None:
    """queries.py: reads only."""
    verbs = {"add", "add_all", "delete", "flush", "commit", "merge"}
    wrong = []
    for module in modules():
        if module.file != "queries.py":
            continue
        for node in module.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _on_session(node.func, verbs):
                wrong.append(f"{where(module, node.lineno)} writes")
        wrong += [
            f"{where(module, line)} imports {imported}"
            for imported, line in module.imports
            if imported in {"sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete"}
        ]
    assert not wrong, "\n".join(wrong)


def test_the_web_uses_queries_and_actions_never_models_or_the_session() -> None:
    """web/**: no models, no session, no SQL."""
    wrong = []
    for module in modules():
        if module.area != "web" or module.name in WEB_ALLOWED_DB:
            continue
        for imported, line in module.imports:
            if imported.startswith(WEB_FORBIDDEN) or (imported.startswith("lmsapp.") and ".models" in imported):
                if not _for_types_only(module, line):
                    wrong.append(f"{where(module, line)} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_no_import_inside_a_function() -> None:
    """A circle hidden in a function is still a circle."""
    wrong = []
    for module in modules():
        for function in module.nodes:
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lmsapp"):
                    wrong.append(where(module, node.lineno))
    assert not wrong, "\n".join(wrong)


def test_nothing_reads_the_clock_but_infra_clock() -> None:
    """Time is set in one place, so that tests and simulations can move it."""
    wrong = []
    for module in modules():
        if module.name == "lmsapp.infra.clock":
            continue
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = ast.unparse(node.value)
                if owner in {"dt.datetime", "datetime", "datetime.datetime", "dt.date", "date", "func"}:
                    wrong.append(f"{where(module, node.lineno)} {owner}.{node.attr}")
            if isinstance(node, ast.Attribute) and node.attr == "time" and ast.unparse(node) == "time.time":
                wrong.append(f"{where(module, node.lineno)} time.time")
    assert not wrong, "\n".join(wrong)


def test_every_package_says_what_it_is_for() -> None:
    """The package docstring is the architecture note."""
    wrong = [
        str(module.path)
        for module in modules()
        if module.file == "__init__.py" and len(ast.get_docstring(module.tree) or "") < 20
    ]
    assert not wrong, "\n".join(wrong)


def test_rooms_are_small() -> None:
    """Most files under 250 lines; none over 320."""
    long = [
        f"{module.path.name}: {count}"
        for module in modules()
        if (count := len(module.path.read_text(encoding="utf-8").splitlines())) > 320
    ]
    assert not long, "\n".join(long)


def _is_commit(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "commit":
        return False
    return ast.unparse(node.func) in {"db.session.commit", "session.commit"}


def _on_session(function: ast.Attribute, verbs: set[str]) -> bool:
    return function.attr in verbs and ast.unparse(function.value) == "db.session"


def _for_types_only(module: Module, line: int) -> bool:
    """Under `if TYPE_CHECKING:` a name is for annotations and never runs."""
    for node in module.nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                return True
    return False
