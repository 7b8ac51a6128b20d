"""Batches -> how many units in the last place the vector functions of the C library are off, over whole domains.

    python -m tests.accuracy_lanes              # every primitive that has one
    python -m tests.accuracy_lanes sin pow      # some of them

Law: as in `tests.accuracy`: the truth comes from mpmath, the points are the same.
"""

from __future__ import annotations

import sys

import numpy as np
from mpmath import mp, mpf

import lang
from lang.backend.rows.line import VECTOR, vector_symbol, width
from tests.accuracy import LARGEST, Worst, is_normal, samples, ulp_error
from tests.references import VALUES, Key


def worst(primitive: Key, count: int, exact: bool = False) -> Worst:
    """The largest error of a primitive in a batch, over points where the true value is a normal float."""
    name, arity = primitive
    words = ("a", "b")[:arity]
    call = f"a {name} b" if not name.isidentifier() else f"{name}({', '.join(words)})"
    f = lang.parse("".join(f"{each} = ?\n" for each in words) + f"z = {call}\n").compile("z")
    found, points, truths = Worst(), [], []
    with mp.workdps(50):
        for args in samples(primitive, count):
            truth = VALUES[primitive](*map(mpf, args))
            if truth is not None and mp.isfinite(truth) and abs(truth) <= LARGEST and is_normal(truth):
                points.append(args)
                truths.append(truth)
        for value, truth, args in zip(f.batch(np.array(points), exact=exact).tolist(), truths, points, strict=True):
            found.add(ulp_error(value, truth), args)
    return found


def main(names: list[str]) -> None:
    """Print the table."""
    print(f"{width()} lanes")
    for primitive, function in VECTOR.items():
        if (not names or primitive[0] in names or function in names) and vector_symbol(primitive, width()):
            quick, exact = worst(primitive, 1000), worst(primitive, 1000, exact=True)
            print(f"{function:8} {quick.error:6.3g} ulp at {quick.at}; exact: {exact.error:.3g}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
