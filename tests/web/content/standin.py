"""A server of a few lines that does what the run-time's does, with faults on demand: for tests of the wrapper alone."""

from __future__ import annotations

import json
import logging
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import Babel
from werkzeug.serving import make_server

from lmsapp.courses.packages.manifests.sequencing import collections_of, sequencing_of
from lmsapp.infra.servers.valkey import free_port
from lmsapp.infra.xml import Node, parse
from lmsapp.web.content.player_words import player_words

ROOT = Path(__file__).resolve().parents[3]
QUICK = {"completed": "completed", "passed": "completed", "failed": "completed"}


@dataclass
class Package:
    """Files by path, and the launch's items."""

    edition: str
    title: str
    items: list[dict[str, Any]]
    files: Mapping[str, bytes]
    sequencing: dict[str, Any] | None = None

    @classmethod
    def of(cls, path: Path) -> Package:
        """From a ZIP whose manifest is plain enough."""
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        manifest = parse(files["imsmanifest.xml"])[0]
        organization = next(manifest.deep("organization"))
        links = {one.get("identifier"): one for one in manifest.deep("resource")}
        shared = collections_of(manifest)
        edition = "1.2" if manifest.said("metadata", "schemaversion") == "1.2" else "2004"
        items = list(_items(organization, None, links, shared))
        return cls(edition, organization.said("title"), items, files, sequencing_of(organization, shared))


def _items(holder: Node, parent: str | None, links: Mapping[str, Node], shared: Mapping[str, Node]) -> Any:
    for item in holder.all("item"):
        link = links.get(item.get("identifierref"))
        href = link.get("href") + item.get("parameters") if link else None
        yield {
            "id": item.get("identifier"),
            "parent": parent,
            "title": item.said("title"),
            "kind": "sco" if link else "folder",
            "visible": item.get("isvisible") != "false",
            "href": href,
            "prerequisites": item.said("prerequisites"),
            "sequencing": sequencing_of(item, shared),
            "hide_ui": [],
            "completion": "unknown",
            "success": "unknown",
        }
        yield from _items(item, item.get("identifier"), links, shared)


@dataclass
class StandIn:
    """One learner in one package. `fault(body)` may answer for a commit instead: (JSON, status)."""

    package: Package
    port: int = field(default_factory=free_port)
    close_after: int = 0
    done_when: Callable[[StandIn], bool] = lambda self: all(one["completion"] == "completed" for one in self.played)
    item: str = ""
    sitting: int = 0
    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    blob: Any = None
    commits: list[dict[str, Any]] = field(default_factory=list)
    beats: int = 0
    fault: Callable[[dict[str, Any]], tuple[dict[str, Any], int] | None] = lambda _body: None
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.item = self.item or self.played[0]["id"]
        self.server = make_server("127.0.0.1", self.port, self.app(), threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def played(self) -> list[dict[str, Any]]:
        return [one for one in self.package.items if one["href"]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/c/{self.token}/"

    @property
    def token(self) -> str:
        return f"launch-{self.item}"

    @property
    def said(self) -> dict[str, str]:
        """Everything any commit said, the last one last."""
        return {name: value for one in self.commits for name, value in one["set"].items()}

    def stop(self) -> None:
        self.server.shutdown()

    def launch(self) -> dict[str, Any]:
        """As `launch_view` gives it."""
        self.sitting += 1
        here = next(one for one in self.package.items if one["id"] == self.item)
        cmi = self.kept.get(self.item, {})
        entry = "resume" if cmi.get("cmi.core.exit", cmi.get("cmi.exit")) == "suspend" else "" if cmi else "ab-initio"
        return {
            "edition": self.package.edition,
            "version": self.package.edition,
            "item": self.item,
            "title": self.package.title,
            "href": here["href"],
            "mode": "normal",
            "credit": "credit",
            "entry": entry,
            "sitting": self.sitting,
            "cmi": cmi,
            "items": self.package.items,
            "package_sequencing": self.package.sequencing,
            "sequencing": self.blob,
            "learner": {"id": "lena", "name": "Learner, Lena"},
            "close_after": self.close_after,
            "done": self.done_when(self),
            "urls": {name: f"/c/{self.token}/{name}" for name in ("commits", "beats", "items")}
            | {"files": f"/c/{self.token}/files/", "lms_origin": f"http://localhost:{self.port}"},
        } | self.more

    def take(self, body: dict[str, Any]) -> dict[str, Any]:
        """A commit, judged in the simplest way."""
        self.commits.append(body)
        self.kept.setdefault(self.item, {}).update(body["set"])
        self.blob = body.get("sequencing", self.blob)
        here = next(one for one in self.package.items if one["id"] == self.item)
        status = body["set"].get("cmi.core.lesson_status") or body["set"].get("cmi.completion_status", "")
        success = body["set"].get("cmi.success_status", status)
        if here["completion"] != "completed" and (status or body["how"] == "finish"):
            silent = body["how"] == "finish" and not self.kept[self.item].get("cmi.core.lesson_status")
            here["completion"] = QUICK.get(
                status, "completed" if silent and self.package.edition == "1.2" else "incomplete"
            )
        if success in ("passed", "failed"):
            here["success"] = success
        return {
            "ok": True,
            "seq": body["seq"],
            "completion": here["completion"],
            "success": here["success"],
            "done": self.done_when(self),
            "course_done": False,
            "superseded": False,
        }

    def app(self) -> Flask:
        """Both hosts in one."""
        app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
        app.jinja_env.globals |= {"static": lambda path: f"/static/{path}", "_": lambda text, **_values: text}
        app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

        @app.get("/c/<token>/")
        def wrapper(token: str) -> str:
            self.item = token.removeprefix("launch-")
            values = {"language": "en", "organisation": "Harbour", "theme": request.args.get("theme", "")}
            return render_template("content/player.html", launch=self.launch(), words=words, **values)

        @app.get("/c/<token>/files/<path:path>")
        def file(token: str, path: str) -> Response:
            if path not in self.package.files:
                return Response("not there", 404)
            kind = {
                "html": "text/html",
                "js": "text/javascript",
                "css": "text/css",
                "jpg": "image/jpeg",
                "png": "image/png",
            }
            return Response(self.package.files[path], content_type=kind.get(path.rpartition(".")[2], "text/plain"))

        @app.post("/c/<token>/commits")
        def commit(token: str) -> Any:
            body = json.loads(request.get_data())
            if answer := self.fault(body):
                return jsonify(answer[0]), answer[1]
            return jsonify(self.take(body))

        @app.post("/c/<token>/beats")
        def beat(token: str) -> Any:
            self.beats += 1
            return jsonify(ok=True)

        @app.post("/c/<token>/items")
        def item(token: str) -> Any:
            body = json.loads(request.get_data())
            self.blob = body["sequencing"] or self.blob
            self.item = body["item"]
            return jsonify(ok=True, token=self.token)

        @app.get("/page")
        def page() -> str:
            allow = "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads"
            return (
                f'<!doctype html><title>page</title><script>var heard=[];addEventListener("message",e=>heard.push(e.data))'
                f'</script><iframe sandbox="{allow}" allow="unload; fullscreen; autoplay" src="{self.url}" '
                f'width="100%" height="780"></iframe>'
            )

        words = _words()
        return app


def _words() -> dict[str, str]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        return player_words()
