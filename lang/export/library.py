"""The functions that the mathematical library of some language lacks, written in this language itself.

Law: the formulas are those of `lang.kernels`, in the same order, so that every exported language computes what the
interpreter does; they are lowered and written like any program. A name `raw_...` is the target's own function.

Where the kernels go on in 70 digits, next to a zero of lgamma, digamma, polygamma, lbeta and logaddexp (and in beta),
these formulas keep an absolute error of some 1e-16 times their largest term, but not the last digits of a small result.
"""

from __future__ import annotations

import math
import re
from functools import cache

from lang.export import beta, elementary, special
from lang.export.listing import Routine
from lang.export.reach import Reach
from lang.export.reading import Reader
from lang.limits import Limits
from lang.source import Source
from lang.steps import form
from lang.steps.program import lower
from lang.syntax.parse import parse

CONSTANTS = {"inf": math.inf, "nan": math.nan}
RAW = frozenset(("raw_pow", "raw_cbrt", "raw_lgamma"))
TEXT = elementary.TEXT + special.TEXT + beta.TEXT
NAMES = frozenset(re.findall(r"^(?:def )?(ad_\w+)\(", TEXT, re.MULTILINE))
"""What the functions are called."""


@cache
def _procedures() -> dict[str, form.Procedure]:
    block = lower(parse(Source(TEXT, "library"), Limits()), CONSTANTS)
    return {step.procedure.name: step.procedure for step in block if isinstance(step, form.Define)}


class Library:
    """The functions for one exported text, each read when it is asked for."""

    def __init__(self) -> None:
        self.reader = Reader(Source(TEXT, "library"), CONSTANTS, RAW)
        self.reach = Reach(RAW, dict(_procedures()))

    def routine(self, name: str) -> Routine | None:
        """The function `ad_...`; None where the library has none of the name."""
        procedure = _procedures().get(name)
        if procedure is None:
            return None
        found = self.reader.routine(name, self.reach, procedure.span, procedure.source)
        self.reader.finish()
        return found
