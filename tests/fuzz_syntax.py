"""Random bytes and broken programs -> nothing but trees and the language's own errors.

Run `python -m tests.fuzz_syntax SECONDS [SEED]`. Every text that parses must also survive being written and
read again; every error must have a place inside its text and lines that can be shown. The first text that
breaks a promise is printed.
"""

from __future__ import annotations

import contextlib
import random
import sys
import time
import traceback
from pathlib import Path
from unicodedata import category

from lang.errors import AdError
from lang.limits import Limits
from lang.source import Source
from lang.syntax import tree, walk
from lang.syntax.parse import parse, unfinished
from lang.syntax.text import decode
from lang.syntax.unparse import unparse

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent / "cases").rglob("*.ad"))]
SPELLINGS = """
x y f range wrt at along by as domain kink lecture grad push if elif else while for in def return and or not
break import lambda True = == != < <= > >= => := <- <> =< += **= + - * / // % ** ( ) [ ] , ; : ? ' ''
. .. ... 1 2.5 .5 1e9 1e999 007 0x1F 2x 1_0 1__0 #c \\ $ @ ^ ! & && | || { } " ` ~ >>> ad>
× − ² ½ √ ≤ π θ “ é e\u0301 ３ ｘ 🙂
"""
BLANKS = [*"\n\t\r\x00\x1b\u00a0\u200b\u202e\ufeff ", "\n\n", "\n\t", "    ", "\n    ", "\n        "]
WORDS = SPELLINGS.split() + BLANKS


def broken(chance: random.Random) -> bytes:
    """A seed with a few pieces cut out, doubled, moved or replaced, or a row of random words."""
    kind = chance.random()
    if kind < 0.4:
        return "".join(
            chance.choice(WORDS) + chance.choice(["", " ", " "]) for _ in range(chance.randrange(1, 25))
        ).encode()
    data = bytearray(chance.choice(SEEDS) if kind < 0.9 else chance.randbytes(chance.randrange(40)))
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data) + 1)
        stop = min(len(data), at + chance.randrange(6))
        match chance.randrange(4):
            case 0:
                del data[at:stop]
            case 1:
                data[at:at] = data[at:stop] * chance.randrange(1, 4)
            case 2:
                data[at:stop] = chance.choice(WORDS).encode()
            case _:
                data[at:stop] = bytes([chance.randrange(256)])
    return bytes(data)


def attempt(data: bytes) -> bool:
    """Is it a program? Breaks the promises, if it does, by raising."""
    try:
        source = decode(data, "fuzz\x1b.ad")
        program = parse(source, Limits(nesting=50))
    except AdError as raised:
        error = raised
    else:
        return _keeps_promises(program)
    assert error.source is not None
    assert error.span is not None
    start, end = error.span
    assert 0 <= start <= end <= len(error.source.text) + 1, f"a place outside: {error.span}"
    shown = error.render()
    assert error.hint, "no hint"
    assert all(char == "\n" or char.isprintable() or category(char) == "Zs" for char in shown), shown
    assert max(map(len, shown.split("\n"))) < 400, "a line too long"
    with contextlib.suppress(AdError):
        unfinished(decode(data))
    return False


def _keeps_promises(program: tree.Program) -> bool:
    written = unparse(program)
    again = parse(Source(written))
    assert walk.same(program.body, again.body), f"reads back otherwise: {written!r}"
    assert unparse(again) == written, f"settles not at once: {written!r} / {unparse(again)!r}"
    assert len(again.comments) == len(program.comments), "comments lost"
    return True


def main(seconds: float, seed: int) -> int:
    chance = random.Random(seed)
    stop = time.monotonic() + seconds
    tried = good = 0
    while time.monotonic() < stop:
        data = broken(chance)
        tried += 1
        try:
            good += attempt(data)
        except Exception:
            traceback.print_exc()
            print(f"after {tried} texts (seed {seed}): {data!r}")
            return 1
    print(
        f"{tried} texts, {good} of them programs: nothing but trees and errors of the language (seed {seed})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(
        main(
            float(sys.argv[1]) if len(sys.argv) > 1 else 10,
            int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 10**6,
        )
    )
