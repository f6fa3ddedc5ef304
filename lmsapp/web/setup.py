"""Puts the web together: wings, gates, viewer, headers, errors, template words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, request, session
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from lmsapp.infra import tracing
from lmsapp.infra.db import commit_or_roll_back
from lmsapp.insight.reports.said import shown
from lmsapp.web import (
    account,
    admin,
    api,
    content,
    door,
    gonogo,
    health,
    help,
    hr,
    mailbox,
    public,
    student,
    studio,
    team,
)
from lmsapp.web.addresses import Id, refuse_nul
from lmsapp.web.content import dispatch
from lmsapp.web.dates import FILTERS
from lmsapp.web.errors import install_errors
from lmsapp.web.gates import guard
from lmsapp.web.headers import secure
from lmsapp.web.labels import status_filter
from lmsapp.web.quick import QuickTemplate, icon, remember_addresses
from lmsapp.web.sessions import LANGUAGES, forget_session, keep_alive, load_signed_in
from lmsapp.web.strangers import refuse_strangers
from lmsapp.web.translating import QuickBabel
from lmsapp.web.two_hosts import TwoHosts, refuse_content
from lmsapp.web.whole import WholeRequests

STRANGERS_BYTES = 24 << 20

babel = QuickBabel()
csrf = CSRFProtect()
login = LoginManager()
login.user_loader(load_signed_in)


def install(app: TwoHosts) -> None:
    """Order matters: the viewer is known before the guard looks at the request, and the guard has let it pass before
    the CSRF token is looked for, which reads the whole body; headers come last."""
    app.url_map.converters["int"] = Id
    trust_proxies(app)
    app.wsgi_app = WholeRequests(app.wsgi_app)  # type: ignore[method-assign]
    babel.init_app(app, locale_selector=pick_language, default_translation_directories="translations")
    login.init_app(app)
    login.session_protection = "basic"  # strong signs out a phone that changes networks
    Htmx(app)
    app.before_request(begin_trace)
    app.before_request(set_viewer)
    app.before_request(refuse_content)
    app.before_request(refuse_strangers)
    app.before_request(bound_body)
    app.before_request(guard)
    csrf.init_app(app)
    app.before_request(refuse_nul)
    for wing in (door, student, team, hr, studio, admin, gonogo, account, help, public, api, content, health):
        app.register_blueprint(wing.bp)
    if app.config["DEMO"]:
        app.register_blueprint(mailbox.bp)
    app.after_request(secure)
    app.after_request(number)
    app.teardown_request(lambda _error: tracing.end())
    app.after_request(commit_or_roll_back)
    app.after_content = lambda response: commit_or_roll_back(dispatch.after(response))
    install_errors(app)
    app.jinja_env.filters.update(FILTERS | {"status_word": status_filter, "report_cell": shown})
    app.jinja_env.globals |= {"static": static, "url_for": remember_addresses(app), "drawn_icon": drawn_icon}
    app.jinja_env.template_class = QuickTemplate
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(words)


def trust_proxies(app: Flask) -> None:
    """So many proxies are believed about the visitor's address and scheme; with none, what a request says is nothing.

    Host and prefix are never taken from a header: they come from BASE_URL and the proxy's own Host.
    """
    if count := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0, x_prefix=0)  # type: ignore[method-assign]


def begin_trace() -> None:
    """The request gets its number: the one a proxy of ours gave it, where one is set up, else a new one."""
    given = request.headers.get("X-Request-ID", "") if current_app.config["TRUST_REQUEST_ID"] else ""
    tracing.begin(tracing.Origin.PAGE, given if tracing.is_well_formed(given) else "")


def bound_body() -> None:
    """Strangers send forms and one PDF at a time, wherever to; nobody's disk is for them to fill."""
    if g.viewer is None or request.blueprint in ("public", "door"):
        request.max_content_length = STRANGERS_BYTES


def number(response: Response) -> Response:
    """Every answer says which request it answers."""
    response.headers["X-Request-ID"] = tracing.current().request_id
    return response


def set_viewer() -> None:
    """`g.viewer` is who asks, or None."""
    g.viewer = g.ended = None
    g.pop("_login_user", None)  # Flask-Login keeps it with the application context, which can outlive a request
    if request.endpoint == "static" or "_user_id" not in session:
        return
    if current_user.is_authenticated:
        g.viewer = current_user.viewer
        keep_alive()
        if g.viewer.only_course is not None:
            tracing.begin(tracing.Origin.LINK, tracing.current().request_id)
        tracing.acting_for(tracing.Person(g.viewer.user_id, g.viewer.name))
    else:
        forget_session()


def pick_language() -> str:
    """The viewer's own; before sign-in, and where somebody came by a link, first the choice in the session."""
    viewer, chosen = g.get("viewer"), session.get("language")
    if viewer is not None and (viewer.only_course is None or chosen not in LANGUAGES):
        return str(viewer.language)
    return str(chosen) if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def words() -> dict[str, Any]:
    """What every template may use."""
    return {
        "viewer": g.get("viewer"),
        "idle_seconds": g.get("idle_seconds") if g.get("viewer") else 0,
        "organisation": current_app.config["ORGANISATION"],
        "languages": LANGUAGES,
        "language": str(pick_language()),
        "demo": current_app.config["DEMO"],
    }


def static(path: str) -> str:
    """The address of a static file with the time it was last changed, so that it can be cached for long."""
    prefix = request.root_path.rstrip("/") + (current_app.static_url_path or "")
    return _address(prefix, current_app.static_folder or "", path)


def drawn_icon(name: str, extra: str = "", label: str | None = None) -> Markup:
    """An icon of the house."""
    return icon(_sprite(request.root_path), name, extra, label)


@lru_cache(maxsize=8)
def _sprite(_root: str) -> str:
    return static("icons.svg")


@lru_cache(maxsize=256)
def _address(prefix: str, folder: str, path: str) -> str:
    try:
        version = format(int((Path(folder) / path).stat().st_mtime), "x")
    except OSError:
        version = "0"
    return f"{prefix}/{quote(path)}?v={version}"
