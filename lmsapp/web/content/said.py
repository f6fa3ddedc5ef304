"""What the content's host says in words: a small page of its own, or JSON to the wrapper."""

from __future__ import annotations

from flask import Response, current_app, jsonify, render_template, request


def said(status: int, title: str, text: str) -> Response:
    """`title` and `text` are translated already. The player's frame shows it as any other page of the content."""
    if request.method not in ("GET", "HEAD"):
        answer = jsonify(ok=False, words=f"{title}. {text}" if title else text)
        answer.status_code = status
        return answer
    html = render_template("content/said.html", title=title, text=text, home=current_app.config["BASE_URL"])
    return Response(html, status=status)
