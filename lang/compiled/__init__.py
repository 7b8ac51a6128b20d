"""A result of a program as a fast function of its inputs (level 7).

Comes in: a program and the name of a result. Goes out: a callable with derivatives. Must not know: any derivative; what
is compiled is what the verbs write.

    questions    each question: the unit to compile, and the interpreter's answer to the same
    needs, moving  what a question needs of a program; what moves in it
    ties         where its answer is the interpreter's
    policy       when machine code takes the place of Python
    function     `Compiled`, which asks one or the other
    engined      a recipe whose derivatives are compiled
"""

from lang.compiled.engined import Engined
from lang.compiled.function import Compiled

__all__ = ["Compiled", "Engined"]
