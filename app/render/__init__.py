"""Rows to JSON: views are declared once for each table and compiled when the module is imported."""

from app.render.expand import load_for_rendering, parse_expand, present
from app.render.view import OMIT, render, to_json, view_of

__all__ = ["OMIT", "load_for_rendering", "parse_expand", "present", "render", "to_json", "view_of"]
