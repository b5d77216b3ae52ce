"""The Flask application, which takes the endpoints of the API a shorter way than Flask's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

_STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_METHODS = frozenset({"GET", "POST", "DELETE"})


class Answer(NamedTuple):
    """What an endpoint of the API answers."""

    status: int
    headers: list[tuple[str, str]]
    """All of them, with the type and length of the body."""
    body: bytes

    def response(self) -> Response:
        """The same for Flask."""
        return Response(self.body, self.status, self.headers)


Answers = Callable[[Any, dict[str, Any], Mapping[str, Any]], Answer]
"""An endpoint of the API without Flask: from the server, the WSGI environment and what the path names to the answer. It is
an attribute, `answers`, of the function that Flask calls for its route."""


class _Rule(Rule):
    """A route that paths are matched with. No path is ever made from one: the functions for that are compiled at the start,
    two for each route, and took a twentieth of it and 1 MB.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        return _make_no_path


def _make_no_path(*_: object) -> None:
    raise NotImplementedError("routes are written out where they are needed")


class Application(Flask):
    """Flask, but for the endpoints of the API: they need none of its contexts, sessions, signals and hooks.

    Those and a response object took as long as all the rest of a retrieve. Routes are matched by Flask's map; whatever is
    no plain call of an API endpoint (a page, a path that does not exist, HEAD, OPTIONS) goes Flask's way.
    """

    url_rule_class = _Rule

    @cached_property
    def _adapter(self) -> MapAdapter:
        # Which host was asked makes no difference, so that one serves all requests.
        return self.url_map.bind("billyard")

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path: str = environ["PATH_INFO"]
        method: str = environ["REQUEST_METHOD"]
        if method in _METHODS and path.isascii():
            try:
                name, values = self._adapter.match(path, method)
            except HTTPException:
                # Flask finds out the same, and has handlers for it.
                return super().wsgi_app(environ, start_response)
            answers: Answers | None = getattr(self.view_functions[name], "answers", None)
            if answers is not None:
                answer = answers(self.extensions["billyard"], environ, values)
                start_response(_STATUS_LINES[answer.status], answer.headers)
                return [answer.body]
        return super().wsgi_app(environ, start_response)
