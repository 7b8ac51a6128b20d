"""A name that every way gives a value needs no flag in machine code; any other is looked at before it is used."""

from __future__ import annotations

import pytest

import lang
from lang.backend.native.certain import before_calls, settled
from lang.backend.native.liveness import unread
from lang.entry import prepare
from lang.source import Source
from lang.steps import form
from lang.steps.walk import all_steps, reads_of, targets_of
from tests.programs import generate

CASES = [
    ("a = 1\nc = a + 1", ""),
    ("if x > 0: a = 1\nc = a + 1", "a"),
    ("if x > 0: a = 1\nelse: a = 2\nc = a + 1", ""),
    ("if x > 0: a = 1\nelif x > 1: a = 2\nelse: b = 2\nc = a + 1", "a"),
    ("if x > 0:\n  if x > 1: a = 1\n  else: a = 2\nelse: a = 3\nc = a + 1", ""),
    ("for i in range(x): a = i\nc = a + i", "ai"),
    ("for i in range(x):\n  a = i\n  c = a + i", ""),
    ("while x > 0:\n  a = 1\n  x = x - a\nc = a + 1", "a"),
    ("for i in range(x):\n  if i > 0: c = a + 1\n  a = 2\n", "a"),
    ("if x > 0: a = 1\nc = a + 1\nd = a + 1", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "open_"), CASES)
def test_names_that_some_way_gives_no_value_are_found(text: str, open_: str) -> None:
    steps = prepare(Source("x = ?\n" + text), lang.Limits()).steps
    found, _ = settled(steps, ())
    left = [each.name for each in all_steps(steps) if isinstance(each, form.Require) and each not in found]
    assert sorted(left) == sorted(open_)


@pytest.mark.parametrize(("text", "open_"), CASES)
@pytest.mark.parametrize("x", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
def test_machine_code_misses_the_names_that_the_interpreter_misses(text: str, open_: str, x: float) -> None:
    program = lang.parse("x = ?\n" + text + "\nz = 1")
    results = []
    for engine in ("native", "interpreter"):
        try:
            results.append(program.compile("z", engine=engine)(x))
        except lang.AdError as error:
            results.append(error.message)
    assert results[0] == results[1]


def test_names_that_functions_read_are_certain_where_all_calls_come_after_them() -> None:
    text = "k = 1\nif k > 0: m = 2\nn = 3\nf(a) = a + k + m + n\nz = f(1)\nm = 4\n"
    steps = prepare(Source(text), lang.Limits()).steps
    assert before_calls(steps) & {"k", "m", "n"} == {"k", "n"}


def looked_through(steps: form.Block, live: set[str], found: set[form.Step]) -> set[str]:
    """What `unread` finds, with a set of all live names for each way."""
    live = set(live)
    for step in reversed(steps):
        reads = {each for each in reads_of(step) if isinstance(each, str)}
        if isinstance(step, form.If):
            ways = looked_through(step.otherwise, live, found)
            for arm in reversed(step.arms):
                ways = looked_through(arm.setup, ways | looked_through(arm.body, live, found), found)
            live = ways
        elif isinstance(step, form.While | form.For):
            inner = [*step.setup, *step.body] if isinstance(step, form.While) else step.body
            own = [each for each in all_steps(inner) if not isinstance(each, form.Comparison)]
            live |= {name for each in own for name in reads_of(each) if isinstance(name, str)}
            live |= reads | looked_through(inner, live, found)
        else:
            if isinstance(step, form.Operation | form.Call) and not live.issuperset(targets_of(step)):
                found.add(step)
            if isinstance(step, form.Comparison) or (isinstance(step, form.Copy) and step.target not in live):
                reads = set()
            live -= set(targets_of(step))
            live |= reads
    return live


@pytest.mark.parametrize("seed", range(60))
def test_values_that_nothing_reads_are_found_as_by_looking_through_every_way(seed: int) -> None:
    program = lang.parse(generate(seed).text)
    for steps in (program.entry.steps, program.reverse("z").entry.steps):
        found: set[form.Step] = set()
        live = looked_through(steps, {"z"}, found)
        assert unread(steps, ["z"]) == (found, live)
