"""The review as one tagged PDF (PDF/UA-1), laid out by typst. What devices and people said goes in as data, never as
markup, so nothing in it can be an instruction to the typesetter."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from collector.review_facts import Review
from collector.review_words import as_data
from probes.canonical import clean

TEMPLATE = Path(__file__).parent / "review.typ"
LONGEST = 600
_LONG_WORD = re.compile(r"[^\s/.:-]{14}(?=\S)")


def write_pdf(review: Review) -> bytes:
    """The PDF. Where no font at hand can draw a letter, all rare letters become question marks: none may be lost."""
    facts = as_data(review)
    try:
        return _compile(facts, clean_text)
    except typst.TypstError:
        return _compile(facts, plain_text)


def _compile(facts: dict[str, Any], text: Callable[[str], str]) -> bytes:
    data = json.dumps(_each(facts, text))
    return typst.compile(TEMPLATE.read_bytes(), format="pdf", sys_inputs={"data": data}, pdf_standards=["ua-1"])


def _each(value: Any, text: Callable[[str], str]) -> Any:
    """Every string of a structure through `text`."""
    if isinstance(value, dict):
        return {name: one if name == "chart" else _each(one, text) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each(one, text) for one in value]
    return text(value) if isinstance(value, str) else value


def clean_text(text: str) -> str:
    """Without control and direction characters, not longer than a page can bear, and never wider than a column."""
    return _LONG_WORD.sub("\\g<0>\u200b", clean(text, LONGEST))


def plain_text(text: str) -> str:
    """Only letters that any of our fonts can draw."""
    drawn = "".join(c if c < "\u0180" or c in "–—‘’“”…×≥≤→" else "?" for c in clean(text, LONGEST))
    return _LONG_WORD.sub("\\g<0>\u200b", drawn)
