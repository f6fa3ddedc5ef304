"""NFR: who takes turns by an advisory lock waits for nobody else's."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.house.code import modules, where

NAMED = re.compile(r"LOCK|LOCK_KEY|HELD|ONE_[A-Z_]+")  # as locks are called here


def test_no_number_of_a_lock_is_another_s() -> None:
    """DSH-5: two sweeps with one number would keep each other from working, and nothing would say so."""
    found: dict[int, list[str]] = defaultdict(list)
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names = [one.id for one in node.targets if isinstance(one, ast.Name) and NAMED.fullmatch(one.id)]
                value = node.value.value
                if names and isinstance(value, int):
                    found[value].append(where(module, node.lineno))
    assert len(found) >= 12, "locks are called otherwise now"
    assert {value: places for value, places in found.items() if len(places) > 1} == {}
