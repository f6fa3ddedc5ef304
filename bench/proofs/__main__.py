"""`./lms prove NAME`; ROUNDS=n scales it."""

from __future__ import annotations

import os
import pkgutil
import sys
from importlib import import_module

from bench import proofs


def main(arguments: list[str]) -> int:
    names = sorted(one.name.replace("_", "-") for one in pkgutil.iter_modules(proofs.__path__) if one.name[0] != "_")
    if len(arguments) != 1 or arguments[0] not in names:
        print(f"Usage: ./lms prove NAME, with one of: {', '.join(names)}", file=sys.stderr)
        return 2
    proof = import_module(f"bench.proofs.{arguments[0].replace('-', '_')}")
    outcome = proof.prove(int(os.environ.get("ROUNDS") or proof.ROUNDS))
    print(outcome.line(arguments[0]), flush=True)
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
