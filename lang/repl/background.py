"""Is the terminal's background light or dark? Asked of the environment, then of the terminal itself.

Law: nobody waits for an answer. The question goes out behind the first prompt, the answer comes in among the keys,
where it is taken out before it can be taken for typing; a terminal that never answers costs nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

QUESTION = "\x1b]11;?\x1b\\"
_ANSWER = re.compile(r"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)[^\x07\x1b]*(?:\x07|\x1b\\)")
_BEGUN = re.compile(r"\x1b\](?:1(?:1(?:;[^\x07\x1b]*\x1b?)?)?)?$")


def of_environment() -> str:
    """`dark` or `light` by `AD_COLOURS` (which may also be `both` or `terminal`) or `COLORFGBG`; empty if unknown."""
    named = os.environ.get("AD_COLOURS", "")
    if named in ("dark", "light", "both", "terminal"):
        return named
    number = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    if not number.isdecimal():
        return ""
    return "light" if int(number) in (7, 15) else "dark"


def theme(answer: str) -> str:
    """`dark` or `light` by a terminal's answer; empty where it is none.

    Source: the luminance of ITU-R BT.709.
    """
    found = _ANSWER.search(answer)
    if found is None:
        return ""
    red, green, blue = (int(each, 16) / (16 ** len(each) - 1) for each in found.groups())
    return "light" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "dark"


class Listener:
    """Takes the terminal's answer out of what is typed.

    Args:
        keys: what reads the keys: its `feed` is given what comes in.
        then: told the theme, once.
    """

    def __init__(self, keys: Any, then: Callable[[str], object]) -> None:
        self.keys, self.then = keys, then
        self.feed: Callable[[str], None] = keys.feed
        self.held = ""
        keys.feed = self.heard

    def heard(self, data: str) -> None:
        """Pass on what comes in, without the answer."""
        data, self.held = self.held + data, ""
        found = _ANSWER.search(data)
        if found:
            self.keys.feed = self.feed
            data = data[: found.start()] + data[found.end() :]
            self.then(theme(found[0]))
        elif begun := _BEGUN.search(data):
            data, self.held = data[: begun.start()], begun[0]
        if data:
            self.feed(data)
