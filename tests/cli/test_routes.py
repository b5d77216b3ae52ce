"""`billyard routes`: where the function of a route stands."""

from __future__ import annotations

import json

from click.testing import CliRunner

from app.cli import main
from tests.support.live import ROOT


def test_a_route_leads_to_the_line_of_its_function() -> None:
    routes = json.loads(CliRunner().invoke(main, ["routes", "--json"]).stdout)
    (found,) = [route for route in routes if (route["method"], route["path"]) == ("POST", "/v1/customers/:id")]
    file, _, line = found["source"].partition(":")
    assert (file, found["function"]) == ("app/resources/customers/endpoints.py", "update_customer")
    assert (ROOT / file).read_text().splitlines()[int(line) - 1].startswith('@blueprint.post("/v1/customers/<id>")')


def test_routes_are_printed_one_a_line() -> None:
    lines = CliRunner().invoke(main, ["routes"]).stdout.splitlines()
    assert lines == sorted(lines, key=lambda line: (line.split()[1], line.split()[0]))
    assert any(line.split()[:2] == ["GET", "/_sim/health"] for line in lines)
