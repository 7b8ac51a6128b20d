"""Large programs work, and cost in proportion: growth is counted (entries, steps, calls), not timed."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import lang
from lang.backend.unit import NEEDS
from lang.evaluate.tape import Tape
from lang.garbage import MANY, paused
from lang.steps.trail import Trail, Way
from tests.counted import counts

WAYS = ("reverse", "forward")


def grad(text: str, **options: Any) -> float:
    """dz/dx, the same both ways."""
    program = lang.parse(text)
    reverse, forward = (program.grad("z", by=by, **options)["x"] for by in WAYS)
    assert reverse == pytest.approx(forward, rel=1e-9)
    found: float = reverse
    return found


def test_a_sum_of_100_000_terms_works() -> None:
    text = "x = ?\nz = " + " + ".join(["x"] * 100_000)
    assert lang.parse(text).value_and_grad("z", x=2) == (200_000, {"x": 100_000})
    assert grad("x = ?\nz = " + " + ".join(["x"] * 20_000), x=2) == 20_000


def test_a_product_chain_and_a_power_chain_work() -> None:
    assert grad("x = ?\nz = " + " * ".join(["x"] * 1000), x=1) == 1000
    assert lang.parse("z = " + " ** ".join(["1"] * 10_000)).run()["z"] == 1
    assert lang.parse("z = " + "-" * 10_001 + "1").run()["z"] == -1
    assert lang.parse("z = " + "not " * 10_000 + "1 < 2").run()["z"] is True


def test_10_000_nested_parentheses_work() -> None:
    assert grad("x = ?\nz = " + "(" * 10_000 + "x" + ")" * 10_000, x=2) == 1
    text = "x = ?\nz = " + "(" * 10_000 + "x" + " + x)" * 10_000
    assert lang.parse(text).run(x=2)["z"] == 20_002
    assert grad(text, x=2) == 10_001
    text = "x = ?\nz = " + "(x - " * 10_000 + "x" + ")" * 10_000
    assert grad(text, x=2) == 1


def test_10_000_nested_calls_work() -> None:
    text = "x = ?\nz = " + "sin(" * 10_000 + "x" + ")" * 10_000
    value, slope = 0.5, 1.0
    for _ in range(10_000):
        value, slope = math.sin(value), slope * math.cos(value)
    assert lang.parse(text).run(x=0.5)["z"] == value
    assert grad(text, x=0.5) == pytest.approx(slope, rel=1e-10)
    text = "x = ?\nf(a) = a + 1\nz = " + "f(" * 10_000 + "x" + ")" * 10_000
    assert lang.parse(text).run(x=0.5)["z"] == 10_000.5
    assert grad(text, x=0.5) == 1


def test_100_000_statements_work() -> None:
    text = "x = ?\nz = x\n" + "z = z + x\n" * 100_000
    assert lang.parse(text).value_and_grad("z", x=2) == (200_002, {"x": 100_001})
    assert grad("x = ?\nz = x\n" + "z = z + x\n" * 20_000, x=2) == 20_001


def test_20_000_names_work() -> None:
    text = "x = ?\na0 = x\n" + "".join(f"a{i + 1} = a{i} + 1\n" for i in range(20_000)) + "z = a20000 * 2"
    assert lang.parse(text).run(x=1)["z"] == 40_002


def test_1_000_000_turns_of_a_loop_work() -> None:
    assert lang.parse("z = 0\nfor i in range(1000000): z += i").run()["z"] == 499_999_500_000
    assert lang.parse("z = 0\nn = 0\nwhile n < 1000000:\n  n += 1\n  z += 0.5").run()["z"] == 500_000


def test_200_000_turns_have_a_gradient() -> None:
    assert grad("x = ?\nz = 0\nfor i in range(200000): z += x", x=2) == 200_000


RECURSIVE = "x = ?\nf(n) = x if n < 1 else x + f(n - 1)\nz = f({})"


def test_recursion_reaches_its_limit_and_the_limit_may_be_20_000() -> None:
    assert grad(RECURSIVE.format(999), x=2) == 1000
    with pytest.raises(lang.LimitExceeded, match="1,000"):
        grad(RECURSIVE.format(1000), x=2)
    assert grad(RECURSIVE.format(19_999), x=2, limits=lang.Limits(depth=20_000)) == 20_000


def test_recursion_inside_a_derivative_and_under_a_rule_reaches_its_limit() -> None:
    text = "x = ?\nf(a, n) = a if n < 1 else a + f(a, n - 1)\nz = f'[a](x, 990)"
    assert lang.parse(text).run(x=1)["z"] == 991
    text = "f(a, n) = a if n < 1 else a + f(a, n - 1)\nc = f(a, n) => dc = (n + 1) * da fixed n\n"
    text += "z = f'[a](1, 990)"
    assert lang.parse(text).run()["z"] == 991
    text = "x = ?\nf(a, n) = a if n < 1 else f'[a](a * a, n - 1)\nz = f(x, 5)"
    assert math.isfinite(grad(text, x=1.1))


def test_an_elif_chain_of_5_000_works() -> None:
    chain = "".join(f"elif x < {i}: z = {i} * x\n" for i in range(1, 5000))
    text = f"x = ?\nif x < 0: z = 0\n{chain}else: z = 1"
    assert grad(text, x=4990.5) == 4991


def test_choices_1_000_deep_work() -> None:
    text = "x = ?\nz = " + "".join(f"{i} * x if x < {i} else " for i in range(1000)) + "1"
    assert grad(text, x=990.5) == 991
    text = "x = ?\nz = " + "".join(f"{i} * x if x < {i} else (" for i in range(1000)) + "1" + ")" * 1000
    assert grad(text, x=990.5) == 991


def test_long_chains_of_conditions_work() -> None:
    assert lang.parse("z = " + " and ".join(["1 < 2"] * 5000)).run()["z"] is True
    assert lang.parse("z = " + " or ".join(["1 > 2"] * 5000)).run()["z"] is False
    assert lang.parse("z = " + " < ".join(str(i) for i in range(1000))).run()["z"] is True


def test_conditions_and_choices_nested_1_000_deep_work() -> None:
    assert lang.parse("z = " + "1 < 2 and (" * 1000 + "1 < 2" + ")" * 1000).run()["z"] is True
    text = "x = ?\nz = " + "(" * 1000 + "x" + " if x > 0 else 1)" * 1000
    assert grad(text, x=3) == 1
    text = "x = ?\nfor i in range(3):\n  x = " + "(" * 2000 + "x" + " if x > i else 1)" * 2000 + "\nz = x"
    assert grad(text, x=3) == 1


def test_blocks_nest_as_deep_as_in_python() -> None:
    text = "x = ?\nz = 0\n" + "".join(" " * i + f"if x > {i}:\n" for i in range(95)) + " " * 95 + "z = x\n"
    assert grad(text, x=1000) == 1
    loops = (
        "z = 0\n"
        + "".join(" " * i + f"for i{i} in range(1):\n" for i in range(20))
        + " " * 20
        + "z = z + 1\n"
    )
    assert lang.parse(loops).run()["z"] == 1


def test_1_000_functions_and_parameters_work() -> None:
    text = "x = ?\nf0(a) = a\n" + "".join(f"f{i + 1}(a) = f{i}(a) + 1\n" for i in range(900)) + "z = f900(x)"
    assert grad(text, x=1) == 1
    names = [f"a{i}" for i in range(1000)]
    text = f"x = ?\nf({', '.join(names)}) = {' + '.join(names)}\nz = f({', '.join(['x'] * 1000)})"
    assert grad(text, x=1) == 1000


# --- growth, counted ------------


def entries(text: str, **inputs: float) -> int:
    """How many entries a tape takes for a gradient."""
    sizes: list[int] = []
    sweep = Tape.sweep

    def counted(self: Tape, *arguments: Any) -> Any:
        sizes.append(len(self.entries))
        return sweep(self, *arguments)

    Tape.sweep = counted  # type: ignore[method-assign]
    try:
        lang.parse(text).grad("z", at=inputs)
    finally:
        Tape.sweep = sweep  # type: ignore[method-assign]
    (size,) = sizes
    return size


def smallest_steps(text: str, **inputs: float) -> int:
    """The smallest limit of steps within which a program runs."""
    program = lang.parse(text)
    low, high = 0, 1 << 20
    while high - low > 1:
        middle = (low + high) // 2
        try:
            program.run(at=inputs, limits=lang.Limits(steps=middle))
            high = middle
        except lang.LimitExceeded:
            low = middle
    return high


GROWING: list[tuple[str, Callable[[int], str]]] = [
    ("sum", lambda n: "x = ?\nz = " + " + ".join(["x"] * n)),
    ("parentheses", lambda n: "x = ?\nz = " + "(" * n + "x" + " * x)" * n),
    ("calls", lambda n: "x = ?\nz = " + "sin(" * n + "x" + ")" * n),
    ("statements", lambda n: "x = ?\nz = x\n" + "z = z * x\n" * n),
    ("turns", lambda n: f"x = ?\nz = x\nfor i in range({n}): z = z * x + i"),
    ("recursion", lambda n: f"x = ?\nf(n) = x if n < 1 else x * f(n - 1)\nz = f({n})"),
    (
        "elif",
        lambda n: (
            "x = ?\nif x < -1: z = 0\n"
            + "".join(f"elif x < -{i}: z = x\n" for i in range(2, n))
            + "else: z = x"
        ),
    ),
]


@pytest.mark.parametrize("grow", [grow for _, grow in GROWING], ids=[name for name, _ in GROWING])
def test_steps_and_entries_grow_in_proportion(grow: Callable[[int], str]) -> None:
    steps = [smallest_steps(grow(n), x=0.9) for n in (100, 200, 400)]
    assert steps[2] - steps[1] == 2 * (steps[1] - steps[0])
    taped = [entries(grow(n), x=0.9) for n in (100, 200, 400)]
    assert taped[2] - taped[1] == 2 * (taped[1] - taped[0])
    assert taped[2] <= steps[2] + 1


COUNTED = """
def work(n):
    lang.parse(text(n)).grad("z", x=0.9, limits=lang.Limits(depth=10000))
work(10)
print(*[counted(lambda: work(n)) for n in (400, 800, 1600)])
"""

SHAPES = {
    "sum": "'x = ?\\nz = ' + ' + '.join(['x'] * n)",
    "parentheses": "'x = ?\\nz = ' + '(' * n + 'x' + ')' * n",
    "calls": "'x = ?\\nz = ' + 'sin(' * n + 'x' + ')' * n",
    "statements": "'x = ?\\nz = x\\n' + 'z = z * x\\n' * n",
    "names": "'x = ?\\na0 = x\\n' + ''.join(f'a{i + 1} = a{i}\\n' for i in range(n)) + f'z = a{n}'",
    "elif": "'x = ?\\nz = x\\nif x < 0: z = 0\\n' + ''.join(f'elif x < -{i}: z = x\\n' for i in range(n))",
    "ifs": "'x = ?\\nz = x\\n' + 'if x > 0: z = z * x\\n' * n",
    "loops": "'x = ?\\nz = x\\n' + 'for i in range(2): z = z * x\\n' * n",
    "choices": "'x = ?\\nz = ' + ''.join(f'x if x < -{i} else ' for i in range(n)) + 'x'",
    "nested choices": "'x = ?\\nz = ' + '(' * (n // 4) + 'x' + ' if x > 0 else 1)' * (n // 4)",
    "chain": "'x = ?\\ng0(a) = a\\n' + ''.join(f'g{i + 1}(a) = g{i}(a)\\n' for i in range(n)) + 'z = g9(x)'",
    "readers": "'x = ?\\nk = x\\n' + ''.join(f'f{i}(a) = a * k\\n' for i in range(n)) + 'z = f1(x)'",
    "comments": "'x = ?\\n' + '# nothing\\n' * n + 'z = x'",
    "shows": "'x = ?\\nz = x\\n' + 'z\\n' * n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_of_python_grows_in_proportion(shape: str) -> None:
    ((first, second, third),) = counts(COUNTED, SHAPES[shape])
    assert third - second <= 2.3 * (second - first) + 400, (first, second, third)


COMPILED = """
import sys
lang.parse("x = ?; z = x").compile("z", engine="ENGINE")(0.5)
module = sys.modules["MODULE"]
module.LONG = module.SMALL = 0  # the same way for all sizes
def work(n):
    lang.parse(text(n)).compile("z", engine="ENGINE").value_and_grad(0.9)
print(*[counted(lambda: work(n)) for n in (500, 500, 500, 1000, 2000)][2:])
"""

LONG_SHAPES = {
    "statements": "'x = ?\\nz = x\\n' + 'y = sin(z)\\nz = y * x + z / 2\\n' * n",
    "names": "'x = ?\\na0 = x\\n' + ''.join(f'a{i + 1} = a{i} * x + a{i // 2}\\n' for i in range(n)) + f'z = a{n}'",
    "one reader": "'x = ?\\nz = 0\\n' + ''.join(f'a{i} = x * {i}\\nz = z + a{i}\\n' for i in range(n))",
    "choices": "'x = ?\\nz = x\\n' + ''.join(f'a{i} = sin(z)\\nz = max(a{i}, x * {i}) / 2\\n' for i in range(n // 4))",
    "ways": "'x = ?\\n' + ''.join(f'a{i} = x + {i}\\n' for i in range(n // 4)) + 'if x < 0: z = x\\n'"
    " + ''.join(f'elif x < {i}: z = a{i} * x\\n' for i in range(n // 4)) + 'else: z = 1'",
    "calls in a row": "'x = ?\\ng0(a) = a\\n' + ''.join(f'g{i + 1}(a) = g{i}(a)\\n' for i in range(n // 10))"
    " + f'z = g{n // 10}(x)'",
}


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("shape", LONG_SHAPES)
def test_the_work_of_compiling_a_gradient_grows_in_proportion(shape: str, engine: str) -> None:
    if engine == "native":
        pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")
    module = NEEDS[engine][0]
    ((first, second, third),) = counts(
        COMPILED.replace("ENGINE", engine).replace("MODULE", module), LONG_SHAPES[shape]
    )
    assert third - second <= 2.3 * (second - first) + 2000, (first, second, third)


TRANSLATED = """
def work(n):
    program = lang.parse(text(n))
    str(program.reverse("z"))
    str(program.forward("z"))
work(10)
print(*[counted(lambda: work(n)) for n in (50, 100, 200)])
"""

FUNCTIONS = {
    "chain": "'x = ?\\nf0(a) = a * a\\n' + ''.join(f'f{i + 1}(a) = f{i}(a) * a\\n' for i in range(n)) + f'z = f{n}(x)'",
    "calls": "'x = ?\\ny = x\\n' + ''.join(f'f{i}(a) = a * a\\ny = f{i}(y)\\n' for i in range(n)) + 'z = y'",
    "chain and calls": "'x = ?\\ny = x\\nf0(a) = a * a\\n' "
    "+ ''.join(f'f{i + 1}(a) = f{i}(a) * a\\ny = f{i + 1}(y)\\n' for i in range(n)) + 'z = y'",
    "circle": "'x = ?\\n' + ''.join(f'f{i}(a, k) = a if k < 0 else f{(i + 1) % n}(a * a, k - 1)\\n' for i in range(n))"
    " + 'z = f0(x, 2)'",
    "saving": "'x = ?\\n' + ''.join(f'def f{i}(a):\\n push a\\n b = pop()\\n return b * b\\n' for i in range(n))"
    " + 'z = ' + ' + '.join(f'f{i}(x)' for i in range(n))",
    "primes": "'x = ?\\n' + ''.join(f'f{i}(a) = a * a\\n' for i in range(n))"
    " + 'z = ' + ' + '.join(f\"f{i}'(x)\" for i in range(n))",
}


@pytest.mark.parametrize("shape", FUNCTIONS)
def test_the_work_of_translating_functions_grows_in_proportion(shape: str) -> None:
    ((first, second, third),) = counts(TRANSLATED, FUNCTIONS[shape])
    assert third - second <= 2.3 * (second - first) + 2000, (first, second, third)


EXPORTED = """
def work(n):
    program = lang.parse(text(n))
    for language in ("python", "c", "javascript", "latex"):
        program.ask("reverse", "z", as_=language)
work(10)
print(*[counted(lambda: work(n)) for n in (20, 40, 80)])
"""

EXPORTS = {
    "functions": "'x = ?\\nk = x * x\\n' + ''.join(f'f{i}(a) = a * k\\n' for i in range(n)) + 'z = 0\\n'"
    " + ''.join(f'z = z + f{i}(x)\\n' for i in range(n))",
    "chain": FUNCTIONS["chain"],
    "statements": "'x = ?\\nz = x\\n' + 'z = z * 0.5 + x\\n' * n",
    "choices": "'x = ?\\nz = x\\n' + 'z = z * 2 if z < x else z\\n' * n",
}


@pytest.mark.parametrize("shape", EXPORTS)
def test_the_work_of_exporting_grows_in_proportion(shape: str) -> None:
    ((first, second, third),) = counts(EXPORTED, EXPORTS[shape])
    assert third - second <= 2.3 * (second - first) + 1000, (first, second, third)


ENTRY = """
def last(n):
    session = lang.Session(inputs={"x": 0.5})
    *before, line = text(n).split("\\n")
    for each in before:
        assert session.run(each).ok
    return counted(lambda: session.run(line))
last(10)
print(*[last(n) for n in (50, 100, 200)])
"""

ENTRIES = {
    "names": "'x = ?\\na0 = x\\n' + '\\n'.join(f'a{i + 1} = a{i} * x' for i in range(n))",
    "one name": "'x = ?\\nz = x\\n' + '\\n'.join(['z = z * x'] * n)",
    "functions": "'x = ?\\n' + '\\n'.join(f'f{i}(a) = a * x' for i in range(n))",
    "calls": "'x = ?\\n' + '\\n'.join(f'f{i}(a) = a * x; z = f{i}(x)' for i in range(n))",
}


@pytest.mark.parametrize("shape", ENTRIES)
def test_what_an_entry_costs_does_not_depend_on_how_many_came_before(shape: str) -> None:
    ((first, _, third),) = counts(ENTRY, ENTRIES[shape])
    assert third <= first + 40, (first, third)


def test_functions_that_call_each_other_1_000_deep_are_translated() -> None:
    chain = "".join(f"f{i + 1}(a) = f{i}(a) * 0.999 + a\n" for i in range(998))
    program = lang.parse(f"x = ?\nf0(a) = a * a\n{chain}z = f998(x)\n")
    slope = pytest.approx(program.grad("z", x=1.5)["x"])
    adjoint, forward = program.reverse("z"), program.forward("z")
    assert adjoint.run(x=1.5)["gx"] == slope
    assert forward.run(x=1.5, dx=1.0)["dz"] == slope
    assert program.compile("z", engine="python").grad(1.5) == (slope,)


def test_names_live_below_choices_are_not_copied_at_each(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.backend.native import liveness
    from lang.entry import prepare
    from lang.source import Source

    def changed(count: int) -> int:
        names = "".join(f"a{i} = x + {i}\nif x > {i}: b{i} = a{i}\nelse: b{i} = x\n" for i in range(count))
        total = "z = " + " + ".join(f"b{i}" for i in range(count))
        steps = prepare(Source(f"x = ?\n{names}{total}\n"), lang.Limits()).steps
        noted: list[int] = []
        leave = liveness._Liveness.leave

        def counted(self: Any) -> dict[str, bool]:
            noted.append(len(self.before[-1]))
            return leave(self)

        monkeypatch.setattr(liveness._Liveness, "leave", counted)
        assert liveness.unread(steps, ("z",))[0] == set()
        monkeypatch.setattr(liveness._Liveness, "leave", leave)
        return sum(noted)

    assert changed(300) - changed(200) == changed(200) - changed(100) > 0


KEPT = """
import gc
import lang
from lang.evaluate.tape import Tape
program = lang.parse("x = ?\\ny = x\\nfor i in range(100): y = y * x + sin(y)\\nz = y / x")
ask = {"grad": program.grad, "hessian": program.hessian}
for name, verb in ask.items():
    verb("z", x=0.5)
    gc.collect()
    gc.disable()
    verb("z", x=0.5)
    print(name, sum(isinstance(each, Tape) for each in gc.get_objects()))
    gc.enable()
"""


def test_a_tape_is_given_back_when_its_answer_is_there_without_a_search_for_garbage() -> None:
    done = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, timeout=100)
    assert (done.stdout.split("\n")[:2], done.stderr) == (["grad 0", "hessian 0"], "")


def test_what_was_built_counts_as_old_when_building_ends() -> None:
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    with paused:
        built = [[each] for each in range(3 * MANY)]
    assert gc.isenabled()
    assert gc.get_freeze_count() in (0, frozen)
    old = {id(each) for each in gc.get_objects(generation=2)}
    assert all(id(each) in old for each in built)


DERIVED_SHAPES: dict[str, Callable[[int], str]] = {
    "ifs": lambda n: "x = ?\nz = x\n" + "".join(f"if x > {i}: z = z * x\nelse: z = z + x\n" for i in range(n)),
    "names": lambda n: (
        "x = ?\n"
        + "".join(f"a{i} = x + {i}\nif x > {i}: b{i} = a{i} * x\nelse: b{i} = x\n" for i in range(n))
        + "z = "
        + " + ".join(f"b{i}" for i in range(n))
    ),
    "loops": lambda n: (
        "x = ?\nz = x\n"
        + "".join(f"a{i} = z\nfor i in range(2): a{i} = a{i} * x\nz = a{i} / 3\n" for i in range(n))
    ),
    "turns": lambda n: (
        "x = ?\nz = x\nfor i in range(3):\n"
        + "".join(f"  if x > {i}: a{i} = z * x\n  else: a{i} = x\n  z = a{i} + x\n" for i in range(n))
    ),
}


@pytest.mark.parametrize("shape", DERIVED_SHAPES)
def test_a_way_of_a_branch_costs_what_it_changes(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = 0
    end = Trail.end

    def counted(self: Trail) -> Way:
        nonlocal noted
        noted += len(self._noted[-1])
        return end(self)

    monkeypatch.setattr(Trail, "end", counted)
    found: list[tuple[int, int]] = []
    for count in (20, 40, 80):
        noted = 0
        program = lang.parse(DERIVED_SHAPES[shape](count))
        length = sum(len(str(each)) for each in (program.forward("z"), program.reverse("z")))
        found.append((noted, length))
    for first, second, third in zip(*found, strict=True):
        assert 0 < third - second <= 2.3 * (second - first), found


def test_many_ways_that_lack_a_derivative_get_it_from_one_statement() -> None:
    def written(count: int) -> int:
        names = "".join(f"a{i} = x * {i}\n" for i in range(count))
        ways = "".join(f"{'elif' if i else 'if'} x < {i}: z = a{i} * x\n" for i in range(count))
        program = lang.parse(f"x = ?\nz = 0\n{names}{ways}else: z = x\n")
        assert program.reverse("z").run(x=2.5)["gx"] == 2 * 3 * 2.5
        return len(str(program.reverse("z"))) + len(str(program.forward("z")))

    assert written(80) - written(40) <= 2.3 * (written(40) - written(20))


def test_loops_inside_loops_are_not_gone_through_again_for_each_loop_around(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.transform.slice import _Slice

    def looked(depth: int) -> int:
        loops = "".join(
            f"{' ' * i}k{i} = 0\n{' ' * i}while k{i} < 1:\n{' ' * i} z = z * x\n{' ' * i} k{i} += 1\n"
            for i in range(depth)
        )
        seen: list[object] = []
        kept = _Slice.kept

        def counted(self: _Slice, node: Any, live: Any) -> Any:
            seen.append(node)
            return kept(self, node, live)

        with monkeypatch.context() as patch:
            patch.setattr(_Slice, "kept", counted)
            slope = lang.parse(f"x = ?\nz = x\n{loops}").forward("z").run(x=1, dx=1)["dz"]
        assert slope == depth + 1
        return len(seen)

    assert looked(24) <= 4.5 * looked(12)


def test_what_flows_against_the_text_of_a_loop_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    from lang.transform.activity import Activity

    def spread(count: int) -> int:
        turn = "".join(f"  a{i} = a{i + 1}\n" for i in range(count))
        text = f"x = ?\n{''.join(f'a{i} = 0' + chr(10) for i in range(count))}a{count} = x\n"
        text += f"for i in range({count}):\n{turn}z = a0 * 2\n"
        asked: list[object] = []
        look = Activity._spread

        def counted(self: Activity, step: Any, *others: Any) -> None:
            asked.append(step)
            look(self, step, *others)

        with monkeypatch.context() as patch:
            patch.setattr(Activity, "_spread", counted)
            derived = lang.parse(text).forward("z", wrt="x")
        assert derived.run(x=3)["dz"] == 2
        return len(asked)

    assert spread(80) - spread(40) <= 2.3 * (spread(40) - spread(20))
