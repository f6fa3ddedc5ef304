"""The environment in, one typed and frozen settings object out (SEC-5).

Outside the demo nothing has a secret default: a missing or weak setting stops the start, in words that say what to set.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from lmsapp.infra import content_host
from lmsapp.infra.connections import POOL_EVENTS

DEMO_SECRET = "for-the-demo-only-never-in-production"  # noqa: S105 - refused outside the demo
SHORTEST_SECRET = 32
ORGANISATION_IN_DEMO = "Northgate Hospital"
T = TypeVar("T")
ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


class ConfigurationError(Exception):
    """The environment does not allow a start; the text names each thing to set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`max_upload_bytes` bounds a whole request body; `base_url` has no trailing slash.

    `trusted_proxies`: so many reverse proxies stand before the application and tell it who called and by which scheme.
    `database_owner_url` leads to the same database as the role that owns its tables: for migrations, and only where
    `database_url` names another role. `trust_request_id`: a proxy of ours sets X-Request-ID. `days_ahead`: how far the
    clock of a demo runs ahead, to see what comes due. `signing`: the organisation's own
    key for PDFs, in the order of `infra.signing_keys.KeySource`. `content_url`: where SCORM content lives, on a host of
    its own, without a trailing slash; empty: there is no SCORM. `content_sources`: other hosts it may load from.
    `ledger_export`: a folder that others administer, where checkpoints of the completion ledger go; it may be away for
    a time.
    `store`: 's3://bucket/prefix', empty: files lie on this disk; `store_access`: endpoint, region, key, secret of it.
    `clamd`: where the virus scanner listens, 'host:port' or the path of its socket; empty: there is none.
    """

    secret_key: str
    database_url: str
    redis_url: str
    base_url: str = "http://localhost:8000"
    data_dir: Path = Path("var")
    organisation: str = ORGANISATION_IN_DEMO
    time_zone: str = "America/Chicago"
    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    mail_from: str = "training@localhost"
    max_upload_bytes: int = 512 * 1024 * 1024
    trusted_proxies: int = 0
    roster_folder: str = ""
    demo: bool = False
    testing: bool = False
    database_owner_url: str = ""
    trust_request_id: bool = False
    days_ahead: int = 0
    signing: tuple[str, str, str, str] = ("", "", "", "")
    content_url: str = ""
    content_sources: tuple[str, ...] = ()
    ledger_export: str = ""
    store: str = ""
    store_access: tuple[str, str, str, str] = ("", "", "", "")
    clamd: str = ""

    @property
    def secure_cookies(self) -> bool:
        """Cookies are for HTTPS only wherever the product is reached by HTTPS."""
        return self.base_url.startswith("https://")

    def as_flask_config(self) -> dict[str, Any]:
        """What Flask and its extensions read; nothing else looks at the environment."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "TRUST_REQUEST_ID": self.trust_request_id,
            "DATA_DIR": str(self.data_dir),
            "REDIS_URL": self.redis_url,
            "BASE_URL": self.base_url,
            "ORGANISATION": self.organisation,
            "TIME_ZONE": self.time_zone,
            "DEMO": self.demo,
            "MAIL_FROM": self.mail_from,
            "SMTP_HOST": self.smtp_host,
            "SMTP_PORT": self.smtp_port,
            "SMTP_USER": self.smtp_user,
            "SMTP_PASSWORD": self.smtp_password,
            "SMTP_STARTTLS": self.smtp_starttls,
            "TRUSTED_PROXIES": self.trusted_proxies,
            "ROSTER_FOLDER": self.roster_folder,
            "SIGNING": self.signing,
            "LEDGER_EXPORT": self.ledger_export,
            "CONTENT_URL": self.content_url,
            "CONTENT_SOURCES": self.content_sources,
            "STORE": self.store,
            "STORE_ACCESS": self.store_access,
            "CLAMD": self.clamd,
            "MAX_CONTENT_LENGTH": self.max_upload_bytes,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "PREFERRED_URL_SCHEME": "https" if self.secure_cookies else "http",
            "SESSION_COOKIE_NAME": "__Host-session" if self.secure_cookies else "session",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_NAME": "__Host-remember" if self.secure_cookies else "remember",
            "REMEMBER_COOKIE_SECURE": self.secure_cookies,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,  # a page left open stays usable as long as its session
            "SEND_FILE_MAX_AGE_DEFAULT": 0 if self.testing else 3600,
            "BABEL_DEFAULT_TIMEZONE": self.time_zone,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "pool_size": 8,
                "pool_events": POOL_EVENTS,
                "pool_timeout": 5,
                "connect_args": {
                    "connect_timeout": 2,
                    # Else the widest dashboards sort on disk, and compiling takes longer than running them.
                    "options": "-c timezone=UTC -c work_mem=16MB -c jit=off",
                    "application_name": "lms",
                },
            },
        }

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises ConfigurationError listing everything that is wrong, not only the first."""
        reader = _Reader(environ)
        demo = reader.flag("LMS_DEMO")
        content_url = reader.content_url(demo)
        settings = cls(
            demo=demo,
            secret_key=reader.secret("SECRET_KEY", demo),
            database_url=reader.needed(
                "DATABASE_URL", "the PostgreSQL to use, as postgresql://user:password@host/name"
            ),
            redis_url=reader.needed("REDIS_URL", "the Redis or Valkey to use, as redis://:password@host:6379/0"),
            base_url=reader.base_url(demo),
            data_dir=Path(reader.text("LMS_DATA", "var")).resolve(),
            organisation=reader.text("LMS_ORGANISATION", ORGANISATION_IN_DEMO if demo else "Training"),
            time_zone=reader.checked("LMS_TIME_ZONE", "America/Chicago", ZoneInfo, "a name such as Europe/Berlin").key,
            smtp_host=reader.text("SMTP_HOST", "localhost"),
            smtp_port=reader.checked("SMTP_PORT", "25", int, "a port number"),
            smtp_user=reader.text("SMTP_USER", ""),
            smtp_password=reader.text("SMTP_PASSWORD", ""),
            smtp_starttls=reader.flag("SMTP_STARTTLS"),
            mail_from=reader.text("MAIL_FROM", "training@localhost"),
            roster_folder=reader.folder("LMS_ROSTER_FOLDER"),
            database_owner_url=reader.text("DATABASE_OWNER_URL", ""),
            trust_request_id=reader.flag("LMS_TRUST_REQUEST_ID"),
            days_ahead=reader.days_ahead(demo),
            signing=reader.signing(),
            ledger_export=reader.whole_path("LMS_LEDGER_EXPORT"),
            content_url=content_url,
            content_sources=reader.content_sources(content_url),
            store=reader.store(),
            store_access=reader.store_access(),
            clamd=reader.clamd(),
            max_upload_bytes=reader.checked("LMS_MAX_UPLOAD_MB", "512", int, "a number of megabytes") * 1024 * 1024,
            trusted_proxies=reader.checked(
                "LMS_TRUSTED_PROXIES", "0", _few, "how many proxies stand before it, 0 to 9"
            ),
        )
        reader.stop_if_wrong()
        return settings


def _few(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 9:
        raise ValueError(text)
    return number


class _Reader:
    """Reads one value at a time and remembers what was wrong."""

    def __init__(self, environ: Mapping[str, str]):
        self.environ = environ
        self.wrong: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def flag(self, name: str) -> bool:
        given = self.environ.get(name, "").strip().lower()
        if given not in ON | OFF:
            self.wrong.append(f"{name} is {given!r}; set it to 1 or 0.")
        return given in ON

    def needed(self, name: str, what: str) -> str:
        given = self.text(name, "")
        if not given:
            self.wrong.append(f"{name} is not set. Set it to {what}. (`./lms run` brings its own for the demo.)")
        return given

    def secret(self, name: str, demo: bool) -> str:
        given = self.environ.get(name, "").strip()
        if demo:
            return given or DEMO_SECRET
        if not given:
            problem = "is not set"
        elif given == DEMO_SECRET:
            problem = "is the one of the demo, which everybody knows"
        elif len(given) < SHORTEST_SECRET or len(set(given)) < 8:
            problem = "is too short or too simple to protect anything"
        else:
            return given
        make = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        self.wrong.append(f"{name} {problem}. Set it to the output of: {make}")
        return given

    def base_url(self, demo: bool) -> str:
        here = f"http://{content_host.DEMO_HOST}:{self.text('PORT', '8000')}"
        given = self.text("BASE_URL", here if demo else "").rstrip("/")
        if not given.startswith(("http://", "https://")):
            self.wrong.append("BASE_URL is not set. Set it to the address people open, as https://training.example.org")
        return given

    def content_url(self, demo: bool) -> str:
        """Empty: no SCORM. The demo has two names for this machine; elsewhere another site has to be named."""
        here = f"http://{content_host.DEMO_HOST}:{self.text('PORT', '8000')}" if demo else ""
        base = self.text("BASE_URL", here).rstrip("/")
        given = self.text(content_host.NAME, content_host.derived(base) if demo else "").rstrip("/")
        self.wrong += content_host.problems(given, base) if given else []
        return given

    def content_sources(self, content_url: str) -> tuple[str, ...]:
        named = tuple(self.text("LMS_CONTENT_SOURCES", "").lower().split())
        self.wrong += content_host.source_problems(named, self.text("BASE_URL", ""), content_url)
        return named

    def days_ahead(self, demo: bool) -> int:
        days = self.checked("LMS_DAYS_AHEAD", "0", int, "a number of days")
        if days and not demo:
            self.wrong.append("LMS_DAYS_AHEAD is for demos only: records must bear the true time. Leave it out.")
        return days

    def folder(self, name: str) -> str:
        given = self.text(name, "")
        if given and not Path(given).is_dir():
            self.wrong.append(f"{name} is {given!r}; set it to a folder that is there, or leave it out.")
        return str(Path(given).resolve()) if given else ""

    def whole_path(self, name: str) -> str:
        given = self.text(name, "")
        if given and not Path(given).is_absolute():
            self.wrong.append(f"{name} is {given!r}; set it to a folder by its whole path, or leave it out.")
        return given

    def store(self) -> str:
        given = self.text("LMS_STORE", "")
        if given and not (given.startswith("s3://") and given.removeprefix("s3://").strip("/")):
            self.wrong.append(f"LMS_STORE is {given!r}; set it to s3://bucket/prefix, or leave it out to use LMS_DATA.")
            return ""
        return given

    def store_access(self) -> tuple[str, str, str, str]:
        """Endpoint, region, key, secret. Without a key the machine's own role is used, where its cloud gives it one."""
        endpoint, region, key = (self.text(f"LMS_STORE_{name}", "") for name in ("ENDPOINT", "REGION", "KEY"))
        secret = self.environ.get("LMS_STORE_SECRET", "").strip()
        if bool(key) != bool(secret):
            self.wrong.append("LMS_STORE_KEY and LMS_STORE_SECRET belong together; set both, or neither.")
        if endpoint and not endpoint.startswith(("http://", "https://")):
            self.wrong.append(
                f"LMS_STORE_ENDPOINT is {endpoint!r}; set it to an address such as https://s3.example.org"
            )
        return endpoint, region, key, secret

    def clamd(self) -> str:
        given = self.text("LMS_CLAMD", "")
        host, _colon, port = given.rpartition(":")
        if given and not given.startswith("/") and not (host and port.isdecimal() and 0 < int(port) < 65536):
            self.wrong.append(f"LMS_CLAMD is {given!r}; set it to host:port or to the path of clamd's socket.")
        return given

    def signing(self) -> tuple[str, str, str, str]:
        """Whether the key is a good one shows later, and stops nothing but the signing."""
        names = ("LMS_SIGNING_P12", "LMS_SIGNING_KEY", "LMS_SIGNING_CERTIFICATE")
        p12, key, certificate = (self.text(name, "") for name in names)
        if p12 and key:
            self.wrong.append("LMS_SIGNING_P12 and LMS_SIGNING_KEY are both set; set one of them.")
        if key and not certificate:
            self.wrong.append("LMS_SIGNING_CERTIFICATE is not set; set it to the file with the certificate of the key.")
        return p12, key, certificate, self.environ.get("LMS_SIGNING_PASSPHRASE", "")

    def checked(self, name: str, default: str, make: Callable[[str], T], what: str) -> T:
        given = self.text(name, default)
        try:
            return make(given)
        except (ValueError, KeyError, OSError):
            self.wrong.append(f"{name} is {given!r}; set it to {what}.")
            return make(default)

    def stop_if_wrong(self) -> None:
        if self.wrong:
            raise ConfigurationError("Cannot start:\n" + "\n".join(f"  - {line}" for line in self.wrong))
