"""The files of a text and the resources under a lesson, as the studio shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import url_for

from lmsapp.courses.catalogue.queries import file_names
from lmsapp.courses.catalogue.texts import named_files
from lmsapp.infra.markdown import OWN
from lmsapp.web.studio.forms import ResourceForm

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def address_in(lesson: Any) -> Callable[[str], str | None]:
    """Where a file of the lesson's text lies, by its name, for whoever writes."""
    held = {one["name"]: one["file"] for one in lesson.detail.get("files", ())}

    def address(name: str) -> str | None:
        if name not in held:
            return None
        return url_for("studio.lesson_file", lesson_id=lesson.id, file_id=held[name])

    return address


def files_context(lesson: Any) -> dict[str, Any]:
    """`own_files`: name, size, address, Markdown, whether it is a picture, whether the text names it."""
    held = lesson.detail.get("files", ())
    sizes = file_names(one["file"] for one in held)
    shown, address = named_files(lesson.body_html, lesson.detail), address_in(lesson)
    listed = []
    for one in held:
        picture = one["name"].lower().endswith(PICTURES)
        markdown = f"{'!' if picture else ''}[{'' if picture else one['name']}]({OWN}{quote(one['name'])})"
        listed.append(
            {
                "name": one["name"],
                "size": sizes.get(one["file"], ("", 0))[1],
                "href": address(one["name"]),
                "markdown": markdown,
                "picture": picture,
                "shown": one["name"] in shown,
            }
        )
    return {"own_files": listed}


def resources_context(lesson: Any) -> dict[str, Any]:
    """`resources` as rows, and an empty form for the next."""
    held = lesson.detail.get("resources", ())
    named = file_names(one.get("file") for one in held)
    return {
        "resources": resource_rows(
            held, named, lambda file_id: url_for("studio.lesson_file", lesson_id=lesson.id, file_id=file_id)
        ),
        "resource_form": ResourceForm(formdata=None),
    }


def resource_rows(held: Any, named: dict[int, tuple[str, int]], address: Callable[[int], str]) -> list[dict[str, Any]]:
    """Key, title, href, and of a file its name and size."""
    return [
        {
            "key": one["key"],
            "title": one["title"],
            "url": one.get("url", ""),
            "href": one.get("url") or address(one["file"]),
            "name": named.get(one.get("file", 0), ("", 0))[0],
            "size": named.get(one.get("file", 0), ("", 0))[1],
        }
        for one in held
    ]
