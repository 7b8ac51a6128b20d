"""A cell that asks for help (`?sin`, `sin?`) -> the bundle that answers it.

Law: a cell asks for help only where it holds nothing else.
"""

from __future__ import annotations

import re

from lang.assist import Inspection, inspect
from lang.session import Session
from lang.show import html

QUESTION = re.compile(r"\s*\?+\s*([^\s?]+)\s*|\s*([^\W\d]\w*)\?+\s*")


def asked(cell: str) -> str:
    """The name that a cell asks about; empty where it is a program."""
    found = QUESTION.fullmatch(cell)
    return (found[1] or found[2]) if found else ""


def told(name: str, session: Session) -> dict[str, str]:
    """The help for a name, or that there is none."""
    found = inspect(name, session)
    return remark(f"there is no help for `{name}`") if found is None else page(found)


def page(found: Inspection) -> dict[str, str]:
    """What there is to know about a name."""
    return {"text/plain": found.text, "text/html": html.framed(html.laid_out(found.pieces, "help"))}


def remark(words: str) -> dict[str, str]:
    """A word to the person."""
    return {"text/plain": words, "text/html": html.framed(html.remark(words))}
