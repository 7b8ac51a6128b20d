"""Words on a verb's command line that do not fit -> the command line as it was meant.

Law: what is told can be copied; where it cannot be seen what was meant, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang.cli import files

MOST = 90
"""Characters of a command line that is told."""


def righted(name: str, words: Sequence[str]) -> str:
    """The advice for a verb's words behind the program: `x = 1`, `wrt x at x=1, y=2`; empty where there is none.

    Args:
        name: the verb.
        words: all that follow it, the program first.
    """
    text = " ".join(words[1:])
    meant = re.sub(r"\s*=\s*", "=", text)
    meant = re.sub(r",\s*(?=[^\W\d]\w*=)", " ", meant)
    meant = re.sub(r"(?<![-\w])at\s+(?=[^\W\d]\w*=)", "", meant)
    meant = re.sub(r"(?<![-\w])(wrt|along|by|as)\s+(?=\w)", r"--\1 ", meant)
    whole = f"ad {name} {words[0]} {meant}" if words else ""
    return f"write `{whole}`" if meant != text and whole.isprintable() and len(whole) < MOST else ""


def behind(name: str, words: Sequence[str]) -> str:
    """The advice where the program's file stands behind what is asked: `grad z FILE`."""
    if len(words) < 2 or files.exists(words[0]) or not words[1].endswith(".ad") or not files.exists(words[1]):
        return ""
    return f"the program comes first: `ad {name} {words[1]} {words[0]}`"
