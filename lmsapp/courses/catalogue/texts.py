"""The text of a lesson: Markdown to HTML, its own pictures and files included. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmsapp.infra.markdown import files_named, to_html


def lesson_html(body: str) -> str:
    """Safe HTML; where its own files lie is put in when it is shown (`infra.markdown.with_addresses`)."""
    return to_html(body, images=True)


def named_files(body_html: str, detail: Mapping[str, Any]) -> dict[str, int]:
    """Stored file by name, of the files that a text really names."""
    wanted = files_named(body_html)
    return {one["name"]: one["file"] for one in detail.get("files", ()) if one["name"] in wanted}


def as_taught(body_html: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail without files that the text no longer names: learners reach only what they are shown."""
    wanted = named_files(body_html, detail)
    left = [one for one in detail.get("files", ()) if one["name"] in wanted]
    return {**{name: value for name, value in detail.items() if name != "files"}, **({"files": left} if left else {})}
