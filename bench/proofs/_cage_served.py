"""The product as in production, over HTTPS, under two names that the browser alone knows: for `scorm_cage`."""

from __future__ import annotations

import datetime as dt
import os
import ssl
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lmsapp import create_app
from lmsapp.config import Settings
from lmsapp.infra.db import db
from lmsapp.infra.servers.embedded import program
from lmsapp.infra.servers.processes import spawn, stop
from lmsapp.infra.servers.valkey import free_port
from tests import servers
from tests.scorm.caged import Stage

LMS = "lms.training.test"
SITES = {"another site": "content.packages.test", "a sibling subdomain": "content.training.test"}
NAMES_HERE = "--host-resolver-rules=MAP *.training.test 127.0.0.1, MAP *.packages.test 127.0.0.1"
SECRET = "only-for-tests-0123456789-abcdefghijkl"


@contextmanager
def served(content_host: str) -> Iterator[Stage]:
    """Production's settings, cookies and headers; the servers of the tests have to run."""
    with tempfile.TemporaryDirectory(prefix="lms-proof-") as folder:
        place, port = Path(folder), free_port()
        key, certificate = _certificate(place, [LMS, content_host])
        url, content = f"https://{LMS}:{port}", f"https://{content_host}:{port}"
        environment = _environment(place, url, content, port)
        stage = Stage(create_app(Settings.from_environment(environment)), url, content)
        options = [
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--no-ws",
            "--log-level",
            "warning",
        ]
        options += ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key)]
        with (place / "web.log").open("ab") as output:
            web = spawn(program("granian", "--interface", "wsgi", *options, "wsgi:app"), env=environment, output=output)
        try:
            _wait_for(f"https://127.0.0.1:{port}/healthz", place / "web.log")
            stage.set_up()
            yield stage
        finally:
            stop(web, 15, 5)
            with stage.app.app_context():
                db.session.remove()
                db.engine.dispose()


def _environment(place: Path, url: str, content: str, port: int) -> dict[str, str]:
    running = servers.servers()
    return os.environ | {
        "LMS_DEMO": "0",
        "SECRET_KEY": SECRET,
        "DATABASE_URL": running.fresh_database("proof_cage"),
        "REDIS_URL": running.queue_url(15),
        "BASE_URL": url,
        "LMS_CONTENT_URL": content,
        "PORT": str(port),
        "LMS_DATA": str(place),
    }


def _certificate(place: Path, hosts: list[str]) -> tuple[Path, Path]:
    """Signed by itself; the browser of the proof is told not to mind."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proof")])
    day = dt.timedelta(days=1)
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + 3650 * day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = place / "key.pem", place / "certificate.pem"
    private = serialization.PrivateFormat.PKCS8
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    paths[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return paths


def _wait_for(url: str, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    blind = ssl._create_unverified_context()  # noqa: SLF001 - our own server, a moment ago
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2, context=blind):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
