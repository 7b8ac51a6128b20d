"""Steps and a language's name -> a text in that language."""

from __future__ import annotations

from lang.errors import CommandError
from lang.export import c, javascript, python
from lang.export.plan import plan
from lang.source import Source
from lang.steps import form

LANGUAGES = {"python": python.write, "c": c.write, "javascript": javascript.write}


def export(
    entry_steps: form.Block, source: Source, language: str, *, name: str = "program",
    results: tuple[str, ...] | None = None, ieee: bool = True,
) -> str:
    """A program as a function in another language, with everything that it needs.

    The function takes the program's inputs in order. With one result it gives that number; with several Python gives a
    dictionary, JavaScript an object (names as the program has them), and C fills an array given as last argument. What
    a program shows and asks (`grad z`) is left out, and so is whatever the results do not need. Booleans are true and
    false, in C's array 1 and 0; a name that has no value at the end is nan. `range` must count in whole numbers, to a
    finite bound.

    Args:
        entry_steps: the steps of the whole program, its functions included.
        source: the text they came from.
        language: "python" (3.11 or later), "c" (C99) or "javascript".
        name: what the function is called.
        results: names whose values are wanted; without them every name that is assigned at the top level, inputs left
            out, in order.
        ieee: let inf and nan flow, as the interpreter does with `ieee`. False, for Python only, writes Python's own
            operators and functions, which raise ZeroDivisionError, ValueError or OverflowError instead.

    Raises:
        CommandError: there is no such language or result, the program gives no name a value, or it calls a derivative
            (`f'(x)`), which must be expanded first.
    """
    if language not in LANGUAGES:
        raise CommandError(f"programs are exported to {', '.join(LANGUAGES)}, not to {language!r:.40}")
    return LANGUAGES[language](plan(entry_steps, source, language, name, results, ieee))
