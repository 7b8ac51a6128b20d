"""The short texts of `ad help` hold what they say, and one-sided derivatives are computed."""

from __future__ import annotations

import math
import re

import pytest

import lang
from lang.show.topics import TOPICS
from lang.verbs.core import registry
from tests import expectations

ESSAYS = ("kinks", "vertical", "nan", "explain")


@pytest.mark.parametrize("topic", ESSAYS)
def test_the_example_answers_what_it_promises(topic: str) -> None:
    example = "\n".join(line[4:] for line in TOPICS[topic].split("\n") if line.startswith("    "))
    assert "# =>" in example
    lines = example.split("\n")
    for line in list(lines):
        verb = line.split(" ")[0]
        if re.match(r"[a-z]+ z", line) and verb not in registry.names():
            pytest.skip(f"the verb `{verb}` is not here")
    assert expectations.broken(example + "\n") == []


@pytest.mark.parametrize("topic", ESSAYS)
def test_they_fit_a_window(topic: str) -> None:
    lines = TOPICS[topic].rstrip().split("\n")
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("formula", "at", "below", "above"),
    [
        ("sqrt(x)", 0, math.nan, math.inf),
        ("cbrt(x)", 0, math.inf, math.inf),
        ("-cbrt(x)", 0, math.inf, math.inf),
        ("asin(x)", 1, math.inf, math.nan),
        ("acos(x)", 1, -math.inf, math.nan),
        ("x**0.5", 0, math.nan, math.inf),
    ],
)
@pytest.mark.parametrize("by", ["forward", "reverse"])
def test_sides_of_a_vertical_tangent(formula: str, at: float, below: float, above: float, by: str) -> None:
    answer = lang.parse(f"x = ?\nz = {formula}\n").ask("grad", "z", by=by, inputs={"x": at})
    (note,) = [each for each in answer.notes if each.kind == "vertical tangent"]
    (side,) = note.sides
    assert (side.below, side.above) == pytest.approx((below, above), nan_ok=True)


@pytest.mark.parametrize("verb", ["grad", "graph", "explain", "jvp"])
def test_every_verb_says_the_same_of_a_kink(verb: str) -> None:
    along = {"x": 1.0} if verb == "jvp" else None
    answer = lang.parse("x = ? 0\nz = abs(x) + x\n").ask(verb, "z", along=along)
    (note,) = answer.notes
    assert (note.kind, note.line) == ("kink", 2)
    assert note.message == "abs(0) is a kink: the derivative is -1 below and 1 above; used 0"
    assert [(side.below, side.above) for side in note.sides] == [(-1.0, 1.0)]
