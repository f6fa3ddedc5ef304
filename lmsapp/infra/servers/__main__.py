"""`./lms run`, `./lms demo-reset`, and commands that need the two servers: python -m lmsapp.infra.servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from lmsapp.infra.servers.embedded import program, servers
from lmsapp.infra.servers.postgres import Postgres
from lmsapp.infra.servers.processes import ServerError
from lmsapp.infra.servers.state import DataFolder
from lmsapp.infra.servers.supervisor import APPLICATION, run


def main(arguments: list[str]) -> int:
    command, *rest = arguments
    data_dir = Path(os.environ.get("LMS_DATA") or "var").resolve()
    environ = dict(os.environ)
    # A real database or a secret of one's own means business: fake people never go there unasked.
    environ.setdefault("LMS_DEMO", "0" if environ.get("DATABASE_URL") or environ.get("SECRET_KEY") else "1")
    try:
        if command == "run":
            run(data_dir, environ)
        elif command == "reset":
            reset(data_dir, environ)
        else:
            return hand_over(rest, data_dir, environ)
    except ServerError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def reset(data_dir: Path, environ: dict[str, str]) -> None:
    """Throw away what the demo keeps. Never touches a database that was named by DATABASE_URL."""
    if environ.get("DATABASE_URL"):
        raise ServerError("DATABASE_URL is set: this only resets the demo's own database. Nothing was changed.")
    folder = DataFolder(data_dir)
    folder.open()
    folder.hold()
    folder.stop_orphans()
    Postgres(data_dir).remove()
    for name in ("valkey", "files", "log", "mailbox", "run"):
        shutil.rmtree(data_dir / name, ignore_errors=True)
    print("The demo data is gone. ./lms run starts over.")


def hand_over(command: list[str], data_dir: Path, environ: dict[str, str]) -> int:
    """Run `command` with the database and queue of the run that is up, or of one for this command only."""
    folder = DataFolder(data_dir)
    folder.open()
    environ["LMS_DATA"] = str(data_dir)
    if environ.get("DATABASE_URL") and environ.get("REDIS_URL"):
        os.execve(command[0], command, environ)  # noqa: S606
    if not folder.try_to_hold():
        os.execve(command[0], command, environ | folder.read().get("environment", {}))  # noqa: S606
    folder.stop_orphans()
    if environ["LMS_DEMO"] == "1":
        environ.setdefault("SECRET_KEY", folder.secret())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with servers(data_dir, environ) as found:
        environ |= found
        for step in ("upgrade", "rights"):
            subprocess.run(program(*APPLICATION, "db", step), env=environ, check=True, capture_output=True)
        return subprocess.run(command, env=environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
