"""Work of three sizes -> how many calls Python makes for each: what a clock would only guess at."""

from __future__ import annotations

import subprocess
import sys

_BEGIN = """
import sys
import lang
calls = 0
def count(frame, event, argument):
    global calls
    calls += 1
def counted(work):
    global calls
    calls = 0
    sys.setprofile(count)
    work()
    sys.setprofile(None)
    return calls
text = eval("lambda n: " + sys.argv[1])
"""


def counts(program: str, shape: str) -> list[tuple[int, int, int]]:
    """What a program of its own process counts.

    Args:
        program: prints lines of three counts, smallest size first. It has `counted(work)`, which calls `work` and gives
            the number of calls in it, and `text(n)`, a text of the language of size n.
        shape: the text, an expression of Python in `n`.
    """
    words = [sys.executable, "-c", _BEGIN + program, shape]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.stderr == ""
    found: list[tuple[int, int, int]] = []
    for line in done.stdout.splitlines():
        first, second, third = map(int, line.split())
        found.append((first, second, third))
    assert found
    return found
