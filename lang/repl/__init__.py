"""A person at a terminal: one statement or block at a time, its values shown at once (level 10).

Comes in: keys. Goes out: text on the terminal. Must not know: the language's stages; `Session` is asked for all of it,
and `lang.assist` for everything about text that is half typed. prompt_toolkit is imported here and nowhere else.

    loop        what is typed -> who answers it
    talk        what can be said, run, watched and asked at this terminal
    language    the session and all it needs, loaded behind the first prompt
    journal     what was entered: undo, redo, other inputs, the program so far
    commands    `:help` and the others
    overview, files, watching, clipboard     what some of them do
    telling     what came of an entry -> pieces of text
    editor      prompt_toolkit: history, menu, toolbar         keys, painting, history     its parts
    together    an Enter in the midst of a text -> the text: a paste that no terminal announced
    interrupts  Ctrl-C while the editor comes and goes
    question    the question for an input, in its place        answers     what is typed there -> a number
    plain       for terminals that can do nothing
    colours     are there colours, and which?                  background  light or dark?
    palette     classes of text -> colours                     faults      a fault of our own -> one line
    tour        a first lesson                                 lessons     its words

Law: the first prompt waits for prompt_toolkit only; the language is loaded while a person begins to type.
"""

from __future__ import annotations

from typing import Any


def repl(settings: dict[str, Any], color: str = "auto", tour: bool = False) -> int:
    """Talk until Ctrl-D.

    Args:
        settings: `limits`, `ieee` and `kinks`, as `Session` takes them; without `limits` the usual ones.
        color: `auto`, `always` or `never`.
        tour: begin with the first lesson.

    Returns:
        The exit code.
    """
    from lang.repl.loop import Loop

    return Loop(settings, color, tour).go()
