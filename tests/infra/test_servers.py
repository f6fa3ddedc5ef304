"""The embedded servers and their keeper, on real processes."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from lmsapp.infra.servers.children import Child, stop_all
from lmsapp.infra.servers.embedded import servers
from lmsapp.infra.servers.postgres import LONGEST_SOCKET_FOLDER, Postgres
from lmsapp.infra.servers.processes import ServerError, identity, is_alive, stop_orphan
from lmsapp.infra.servers.state import DataFolder
from lmsapp.infra.servers.supervisor import Supervisor

pytestmark = pytest.mark.pure

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    made = DataFolder(tmp_path)
    made.open()
    yield made
    made.release()


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    Postgres(tmp_path).remove()


def test_both_come_up_keep_their_data_and_leave_no_process(data_dir: Path) -> None:
    home = stat.S_IMODE(Path.home().stat().st_mode)
    with servers(data_dir, {}, for_tests=True) as found, psycopg.connect(found["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('Łódź')")
        connection.commit()
        with Redis.from_url(found["REDIS_URL"]) as redis:
            assert redis.ping()
    with servers(data_dir, {}, for_tests=True) as found:
        with psycopg.connect(found["DATABASE_OWNER_URL"]) as connection:
            row = connection.execute("SELECT lower(word), word ILIKE 'łó%', pg_postmaster_start_time() FROM kept")
            lower, like, _started = row.fetchone() or ("", False, None)
            pid = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert (lower, like) == ("łódź", True), "lower() and ILIKE know more than ASCII"
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid[0], 0)
    assert stat.S_IMODE(Path.home().stat().st_mode) == home, "nobody's home is opened up"


def test_what_the_environment_names_comes_first(tmp_path: Path) -> None:
    named = {"DATABASE_URL": "postgresql://db/lms", "REDIS_URL": "redis://queue"}
    with servers(tmp_path, named) as found:
        assert found == named
    assert not (tmp_path / "postgres").exists()


def test_a_deep_folder_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / "a-rather-long-name-of-a-folder" / "and-another-one-below-it" / "data"
    assert len(str(Postgres(deep).sockets)) <= LONGEST_SOCKET_FOLDER


def test_one_run_at_a_time(folder: DataFolder) -> None:
    folder.hold()
    folder.write(address="http://localhost:8000", environment={}, pids={"us": os.getpid()})
    assert stat.S_IMODE(folder.state_file.stat().st_mode) == 0o600
    with pytest.raises(ServerError, match="Already running at http://localhost:8000"):
        DataFolder(folder.path).hold()


def test_orphans_of_a_killed_run_are_stopped(folder: DataFolder) -> None:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    folder.write(address="", environment={}, pids={"worker": process.pid})
    known = identity(process.pid)
    assert folder.stop_orphans() == ["worker"]
    process.wait(5)
    assert not is_alive(known)
    assert folder.stop_orphans() == []


def test_a_pid_given_to_somebody_else_is_left_alone() -> None:
    process = subprocess.Popen(SLEEP)
    try:
        assert not stop_orphan({"pid": process.pid, "created": time.time() - 3600}, signal.SIGTERM)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait(5)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def children(tmp_path: Path, said: list[str]) -> Iterator[list[Child]]:
    made: list[Child] = []
    yield made
    stop_all(made, 2)


def watch(child: Child, until: float, said: list[str], words: str) -> None:
    deadline = time.monotonic() + until
    while time.monotonic() < deadline and not any(words in line for line in said):
        child.look_after()
        time.sleep(0.02)


def test_a_program_that_falls_is_started_again(tmp_path: Path, children: list[Child], said: list[str]) -> None:
    script = "import sys; print('up', flush=True); sys.exit(3)"
    child = Child(
        "web", [sys.executable, "-c", script], os.environ, tmp_path / "web.log", lambda _name, line: said.append(line)
    )
    children.append(child)
    child.start()
    watch(child, 5, said, "starting it again in 1 s")
    said.clear()
    watch(child, 5, said, "starting it again in 2 s")
    assert said[0] == "up"
    assert "exit code 3" in said[1]
    assert (tmp_path / "web.log").read_text().startswith("up\n")


def test_a_stubborn_program_is_not_waited_for(tmp_path: Path, children: list[Child], said: list[str]) -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = Child(
        "web", [sys.executable, "-c", script], os.environ, tmp_path / "web.log", lambda _name, line: said.append(line)
    )
    child.start()
    watch(child, 5, said, "deaf")
    started = time.monotonic()
    stop_all([child], 0.3)
    assert time.monotonic() - started < 20, "it would have slept a minute"
    assert child.process is not None
    assert child.process.poll() == -signal.SIGKILL


def test_a_used_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        supervisor = Supervisor(tmp_path, {"LMS_DEMO": "1", "PORT": str(port)})
        with pytest.raises(ServerError, match=f"Port {port} is in use by another program. Choose another: PORT="):
            supervisor.start()
        supervisor.stop()
