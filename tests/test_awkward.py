"""At awkward points the derivative is the right or the documented one, on every engine, with its note."""

from __future__ import annotations

import math

import pytest
from mpmath import mpf

import lang
from tests.accuracy import is_normal, ulp_error
from tests.awkward import POINTS, Awkward


def fits(found: float, right: object) -> bool:
    """Is a float the right number, as far as floats go?"""
    truth = mpf(right)
    if truth != truth or abs(truth) == math.inf or not is_normal(truth):
        return str(float(truth)) == str(found + 0.0)
    return ulp_error(found, truth) <= 16.0


@pytest.mark.parametrize("point", POINTS, ids=[f"{each.text} at {each.at!r}" for each in POINTS])
def test_derivatives_at_awkward_points(point: Awkward) -> None:
    program = lang.parse(f"x = ?\nz = {point.text}\n")
    for by in ("reverse", "forward"):
        answer = program.ask("grad", "z", by=by, at={"x": point.at}, ieee=point.ieee, engine="interpreter")
        assert fits(answer.value["x"], point.right), by
        assert {note.kind for note in answer.notes} == set(point.notes), by
    for engine in ("python", "native"):
        made = program.compile("z", engine=engine, ieee=point.ieee)
        assert fits(made.grad(point.at)[0], point.right), engine
        assert [note.message for note in made.notes] == [note.message for note in answer.notes], engine
        assert fits(made.jvp((point.at,), (1.0,))[1], point.right), engine
        assert fits(float(made.grad_batch([[point.at]])[1][0, 0]), point.right), engine
