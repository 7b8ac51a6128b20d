"""Steps -> the same program as Python, C or JavaScript; a tree -> LaTeX.

Comes in: steps as `lang.steps` lowers them (derivative programs are programs, so they come in the same way). Goes out:
text that computes the same numbers without this project. Must not know: how the interpreter runs, and any derivative.

    reading    steps -> listing: what each call means, program names as parameters
    folding    listing -> listing: nothing unused, expressions instead of temporaries
    library    the functions that a language lacks, written in this language
    plan       everything in order and named
    python, c, javascript    plan -> text
    latex      tree -> aligned mathematics
"""

from __future__ import annotations

from lang.export.latex import latex
from lang.export.program import LANGUAGES, export

__all__ = ["LANGUAGES", "export", "latex"]
