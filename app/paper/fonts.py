"""Which fonts a text needs: one for most of it, and for what that lacks those of the script that is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY: Final = "Source Sans 3"
"""What documents are set in, by its name in the PDF; its bold is the semibold."""

_SETS: Final = {"": "SourceSans3-Regular.ttf", "B": "SourceSans3-Semibold.ttf"}

# Han characters are drawn after Japanese or Korean manner where the text has letters of that language.
_FALLBACKS: Final = (
    ("KurintoSansKR-Rg", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("KurintoSansJP-Rg", re.compile("[\u3040-\u30ff\uff66-\uff9f]")),
    ("KurintoSansSC-Rg", re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")),
    ("KurintoSansTC-Rg", re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")),
    ("KurintoSans-Rg", re.compile(".", re.DOTALL)),
)


def add_fonts(pdf: FPDF, texts: Iterable[str]) -> None:
    """Let `pdf` print the texts. A font of many scripts is some megabytes: only those that are needed are read."""
    for style, file in _SETS.items():
        pdf.add_font(FAMILY, style, _file("source-sans", file))
    missing = {character for text in texts for character in text if not character.isspace()}
    missing -= _covered(pdf, FAMILY)
    fallbacks = []
    for name, script in _FALLBACKS:
        if any(map(script.match, missing)):
            pdf.add_font(name, "", _file("kurinto", f"{name}.ttf"))
            fallbacks.append(name)
            missing -= _covered(pdf, name)
    pdf.set_fallback_fonts(fallbacks, exact_match=False)


def _file(family: str, name: str) -> Path:
    return Path(str(files("weblate_fonts"))) / "static" / "weblate_fonts" / family / "ttf" / name


def _covered(pdf: FPDF, family: str) -> set[str]:
    font = pdf.fonts[family.lower()]
    return set(_characters(font.cmap))  # type: ignore[union-attr]


def _characters(codes: Iterable[int]) -> Iterator[str]:
    return map(chr, codes)
