"""Words on a verb's command line that do not fit -> the command line as it was meant.

Law: what is told can be copied; where it cannot be seen what was meant, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lang.cli import files
from lang.cli.options import Given

MOST = 90
"""Characters of a command line that is told."""
DATA = (".csv", ".npy", ".parquet")
"""What files of points end in."""


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


def mapped(words: Sequence[str], given: Given) -> str:
    """The advice where options of `ad map` are given as words: `ad map FILE z points.csv`; empty without a program."""
    data = [each for each in words if each.endswith(DATA)]
    names = [each for each in words if each.isidentifier()]
    programs = [each for each in words if each.endswith(".ad")]
    pairs = [each for each in words if "=" in each]
    if len(programs) != 1 or len(data) > 1 or len(names) > 1 or len(words) != len([*data, *names, *programs, *pairs]):
        return ""
    asked = given.one("--grad") or "".join(names)
    options = [
        f"--data {given.one('--data') or ''.join(data) or 'points.csv'}",
        *([f"--grad {asked}"] if asked else []),
        f"-o {given.one('-o') or 'out.csv'}",
    ]
    whole = " ".join(["ad map", *programs, *options, *pairs])
    return f"write `{whole}`" if whole.isprintable() and len(whole) < MOST else ""
