"""Steps -> the same program as Python, C or JavaScript; a tree -> LaTeX.

Comes in: steps as `lang.steps` lowers them (derivative programs are programs, so they come in the same way). Goes out:
text that computes the same numbers without this project. Must not know: how the interpreter runs, and any derivative.

    program          a program, a language -> its text: the stages below, in order
    reading          steps -> listing: what each call means, program names as parameters
    reach            functions -> what a call of each reaches
    listing          what a listing is;  walk   what is inside it
    kinds            which names always hold a boolean
    needed           listing -> listing: nothing that nobody reads
    folding          listing -> listing: expressions instead of temporaries
    table            how each language spells the primitives
    library          the functions that a language lacks, written in this language
    elementary, special, beta    those functions
    names            names that each language allows;  places   where they are declared
    plan             everything in order and named
    header           plan -> the words at the head of the text
    writer           plan -> lines: what all languages have in common;  braces   what C and JavaScript share
    python, c, javascript    plan -> text
    latex            tree -> aligned mathematics;  notation   how it writes names, numbers and functions
"""

from __future__ import annotations

from lang.export.latex import latex
from lang.export.program import LANGUAGES, export

__all__ = ["LANGUAGES", "export", "latex"]
