"""Batches -> how many units in the last place they are off, over whole domains, where they differ from single calls:
the vector functions of the C library, and what is made of them.

    python -m tests.accuracy_lanes              # every primitive of one or two operands
    python -m tests.accuracy_lanes sin pow      # some of them

Law: as in `tests.accuracy`: the truth comes from mpmath, the points are the same.
"""

from __future__ import annotations

import sys

import numpy as np
from mpmath import mp, mpf

import lang
from lang.backend.rows.line import VECTOR, width
from lang.rules import table
from tests.accuracy import LARGEST, Worst, is_normal, samples, ulp_error
from tests.references import VALUES, Key


def worst(primitive: Key, count: int, exact: bool = False) -> Worst:
    """The largest error of a primitive in a batch, over points where the true value is a normal float."""
    name, arity = primitive
    words = ("a", "b")[:arity]
    call = f" {name} ".join(("", *words)[-2:]) if not name.isidentifier() else f"{name}({', '.join(words)})"
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
    for primitive in ((each.name, each.arity) for each in table().primitives):
        function = VECTOR.get(primitive, primitive[0])
        if primitive[1] > 2 or primitive not in VALUES or (names and not {primitive[0], function} & set(names)):
            continue
        quick, exact = worst(primitive, 1000), worst(primitive, 1000, exact=True)
        if names or quick.error != exact.error:
            print(f"{function:8} {quick.error:6.3g} ulp at {quick.at}; exact: {exact.error:.3g}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
