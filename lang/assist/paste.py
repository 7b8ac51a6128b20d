"""Text copied from a screen -> the program in it: prompts are taken away, and so is what was answered.

Law: a text without prompts stays as it is. Where one line begins with a prompt, the lines that begin with none are
answers.
"""

from __future__ import annotations

import re

_PROMPT = re.compile(r"[ \t]*(?:ad> ?|>>> ?|In \[\d+\]: ?)")
_MORE = re.compile(r"[ \t]*(?:\.\.\.:?(?: |$)|   \.\.\.: ?)")


def clean(text: str) -> str:
    """The program in a text that may have been copied with its prompts (`ad> `, `>>> `, `... `) and answers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not any(_PROMPT.match(line) for line in lines):
        return text
    kept: list[str] = []
    inside = False
    for line in lines:
        first, more = _PROMPT.match(line), _MORE.match(line)
        if first:
            if kept and kept[-1].strip() and kept[-1][0] in " \t":
                kept.append("")
            kept.append(line[first.end() :])
            inside = True
        elif more and inside:
            kept.append(line[more.end() :])
        else:
            inside = False
    return "\n".join(kept)
