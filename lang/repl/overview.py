"""All commands of the prompt -> what `:help` shows.

Law: everything comes from the table of commands and the topics of help; only the order of the groups is told here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from lang.diagnostic import Segment

KEYS = (
    ("Tab", "completes; \\alpha and Tab give α"),
    ("→", "takes the grey text, a line from before"),
    ("↑", "lines that begin like this one; Ctrl-R searches"),
    ("Alt-Enter", "one more line; a blank line ends a block"),
    ("Ctrl-C", "drops what is typed, stops what runs"),
)


def overview(commands: Sequence[tuple[str, str]], topics: Iterable[str], columns: int) -> list[Segment]:
    """The commands (each with its help), the keys, and where more help is, in a window's width."""
    asks = [("?sin, sin?", "help for a function, a command (?grad), a name"), ("?TOPIC", ", ".join(topics))]
    made: list[Segment] = []
    wide = max(len(word) for word, _ in (*commands, *KEYS, *asks))
    for title, group in (("commands", commands), ("help", asks), ("keys", KEYS)):
        made += [("\n\n" if made else "", ""), (title, "gutter")]
        for word, text in group:
            made += [("\n  ", ""), (word, "title"), (" " * (wide - len(word) + 2), "")]
            made.append((_hung(text, wide + 4, columns), ""))
    return made


def _hung(text: str, indent: int, columns: int) -> str:
    """A text in its column, below itself where it is longer than the window is wide."""
    room = columns - 1 - indent
    if room < 16:
        return text
    return ("\n" + " " * indent).join(textwrap.wrap(text, room)) or text
