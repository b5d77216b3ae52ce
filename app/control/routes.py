"""Which function answers which route, and where it stands."""

from __future__ import annotations

import inspect
import pathlib
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask

_ROOT = pathlib.Path(__file__).parents[2]


def list_routes(blueprints: Iterable[Blueprint]) -> list[dict[str, Any]]:
    """Every route by path and method: `path` as documentation writes it, `function`, and `source` as `file:line`."""
    flask = Flask("billyard", static_folder=None)
    for blueprint in blueprints:
        flask.register_blueprint(blueprint)
    routes = []
    for rule in flask.url_map.iter_rules():
        function = inspect.unwrap(flask.view_functions[rule.endpoint])
        file = pathlib.Path(inspect.getsourcefile(function) or "").relative_to(_ROOT)
        _, line = inspect.getsourcelines(function)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = rule.rule.replace("<path:", "<").replace("<", ":").replace(">", "")
            routes.append({"method": method, "path": path, "function": function.__name__, "source": f"{file}:{line}"})
    return sorted(routes, key=lambda route: (route["path"], route["method"]))
