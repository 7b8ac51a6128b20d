"""How long until the first prompt, beside a bare `PromptSession`, in turns; and how long a key takes in a long session.

python -m tests.bench.repl_start [rounds]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

BARE = "from prompt_toolkit import PromptSession; PromptSession().prompt('ad> ')"


def first_prompt(*words: str) -> float:
    """Seconds from the start of a process to its prompt."""
    import pexpect

    home = tempfile.gettempdir()
    environment = {**os.environ, "TERM": "xterm", "AD_HISTORY": f"{home}/ad-bench-history"}
    start = time.perf_counter()
    child = pexpect.spawn(sys.executable, list(words), env=environment, timeout=20)
    child.expect_exact("ad>")
    taken = time.perf_counter() - start
    child.close(force=True)
    return taken


def typing() -> tuple[float, float]:
    """Seconds for highlighting and for completing after one more key, at the end of 200 lines in a session of 200."""
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from lang.repl.faults import Faults
    from lang.repl.language import Language
    from lang.repl.painting import Painter, Words

    language = Language({}, lambda name, default: default)
    for at in range(200):
        language.journal.run(f"x{at} = sin({at}) * 2\n")
    text = "".join(f"y{at} = sin(x{at}) + hypot(x{at}, 2)\n" for at in range(200)) + "z = s"
    faults = Faults()
    painter, words = Painter(language, faults), Words(language, faults)
    colours, menus = [], []
    for letter in "qrt(x1) + hypot(x":
        text += letter
        document = Document(text)
        start = time.perf_counter()
        line = painter.lex_document(document)
        for number in range(len(document.lines)):
            line(number)
        colours.append(time.perf_counter() - start)
        start = time.perf_counter()
        list(words.get_completions(document, CompleteEvent(text_inserted=True)))
        menus.append(time.perf_counter() - start)
    return statistics.median(colours[1:]), statistics.median(menus[1:])


def main(rounds: int) -> None:
    """Print what was measured."""
    pairs = [(first_prompt("-c", BARE), first_prompt("-m", "lang")) for _ in range(rounds)]
    bare, ours = (statistics.median(each) * 1e3 for each in zip(*pairs, strict=True))
    print(f"first prompt: bare {bare:.0f} ms, ad {ours:.0f} ms, ratio {ours / bare:.2f}")
    colours, menu = (each * 1e3 for each in typing())
    print(f"a key at the end of 200 lines: colours {colours:.1f} ms, menu {menu:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
