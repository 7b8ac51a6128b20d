"""What is measured: one list of workloads, each in a form that every contender can take.

Law: a workload is the same computation for all. Straight-line programs are `lines`, which are text in every language;
loops, recursion and Rosenbrock's function are written once by hand in each.

A question is `gradient` (value and all partial derivatives), `jvp` (value and derivative by the first input),
`hessian`, or `batch` (values and gradients of many rows).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.bench.lines import ALL_KINDS, LECTURE, Line, mixed, text


@dataclass(frozen=True)
class Workload:
    """One thing to measure.

    Attributes:
        key: a short name for the command line.
        title: what the tables call it.
        question: `gradient`, `jvp`, `hessian` or `batch`.
        text: the program in adlang; its result is `z`.
        point: the inputs' values, in order.
        operations: how many operations one evaluation of the program executes.
        lines: the program as lines; empty where it loops, or is a vector's.
        family: which hand-written code it belongs to: `lines`, `loop`, `light`, `recursion` or `rosenbrock`.
        size: turns of the loop, first argument of the recursion, or inputs.
        rows: rows of a batch.
        threads: cores that may work at a batch; 0 for all.
        told: is it a row of the short table?
    """

    key: str
    title: str
    question: str
    text: str
    point: dict[str, float]
    operations: int
    lines: tuple[Line, ...] = ()
    family: str = "lines"
    size: int = 0
    rows: int = 0
    threads: int = 0
    told: bool = True


def straight(
    key: str, title: str, count: int, inputs: int, rows: int = 0, seed: int = 1, plain: int = 1
) -> Workload:
    """A program of random lines."""
    lines, point = mixed(count, inputs, seed, plain)
    question = "batch" if rows else "gradient"
    return Workload(key, title, question, text(lines, point), point, count, lines, rows=rows)


TURN = {"loop": "s + 0.000001 * sin(y * s)", "light": "s * y + 0.25"}
"""What a turn makes of `s`: four operations, or two, where counting them weighs the most.

Both move so little that a million turns leave a derivative of about 1: none of the numbers is subnormal, which some
processors are slow with, and some libraries replace by 0.
"""
LOOP = """x = ?
y = ?
s = x
for i in range({turns}):
    s = {turn}
z = s * s
"""
OF_A_TURN = {"loop": 4, "light": 2}


def loop(key: str, title: str, question: str, turns: int, family: str = "loop") -> Workload:
    """A loop that carries one number."""
    program = LOOP.format(turns=turns, turn=TURN[family])
    point = {"x": 0.7, "y": 1.3 if family == "loop" else 0.999999}
    return Workload(key, title, question, program, point, OF_A_TURN[family] * turns, family=family, size=turns)


RECURSION = """x = ?
y = ?
f(n, a) = a if n < 2 else sin(f(n - 1, a)) + y * f(n - 2, a)
z = f({size}, x)
"""


def calls(size: int) -> int:
    """How often a recursion in Fibonacci's manner calls itself."""
    one, two = 1, 1
    for _ in range(size - 1):
        one, two = two, 1 + one + two
    return two


def recursion(key: str, title: str, question: str, size: int) -> Workload:
    """A function that calls itself twice."""
    found = Workload(key, title, question, RECURSION.format(size=size), {"x": 0.7, "y": 0.3}, 3 * calls(size))
    return replace(found, family="recursion", size=size)


def rosenbrock(count: int) -> tuple[str, dict[str, float]]:
    """Rosenbrock's function of `count` inputs, unrolled, and its usual starting point."""
    point = {f"x{index}": -1.2 if index % 2 == 0 else 1.0 for index in range(count)}
    terms = [f"100 * (x{index + 1} - x{index}**2)**2 + (1 - x{index})**2" for index in range(count - 1)]
    return "\n".join([*(f"{name} = ?" for name in point), f"z = {' + '.join(terms)}"]) + "\n", point


def _rosenbrock(key: str, title: str, question: str, count: int) -> Workload:
    program, point = rosenbrock(count)
    return Workload(key, title, question, program, point, 8 * (count - 1), family="rosenbrock", size=count)


def workloads(scale: float = 1.0) -> list[Workload]:
    """All of them; `scale` below 1 makes sizes smaller (for a smoke run)."""

    def sized(count: int, least: int = 20) -> int:
        return max(least, int(count * scale))

    point = {"x": 0.5, "y": 4.2}
    lecture = text(LECTURE, point)
    turns, fewer, rows = sized(1_000_000), sized(100_000), sized(1_000_000)
    deep, wide = 20 if scale >= 1 else 9, sized(100, 10)
    batch = Workload("batch", f"{rows:,} rows of the lecture's", "batch", lecture, point, 3, LECTURE, rows=rows)
    batch20 = straight("batch20", f"{rows:,} rows of 20 operations, 4 inputs", 20, 4, rows, ALL_KINDS)
    plainest = straight("plainest1k", f"{sized(1_000):,} operations, seven in eight + - * /", sized(1_000), 50, plain=8)
    ops10k = straight("ops10k", f"{sized(10_000):,} mixed operations", sized(10_000), 50)
    return [
        Workload("lecture", "the lecture's gradient, 2 inputs", "gradient", lecture, point, 3, LECTURE),
        straight("ops1k", f"{sized(1_000):,} mixed operations, 50 inputs", sized(1_000), 50),
        straight("plain1k", f"{sized(1_000):,} operations, two in three + - * /", sized(1_000), 50, plain=2),
        replace(plainest, told=False),
        ops10k,
        straight("ops100k", f"{sized(100_000):,} mixed operations", sized(100_000), 50),
        loop("loop-forward", f"loop of {turns:,} turns, forward", "jvp", turns),
        loop("loop-reverse", f"loop of {fewer:,} turns, reverse", "gradient", fewer),
        replace(loop("light", f"light loop of {turns:,} turns, forward", "jvp", turns, "light"), told=False),
        recursion("recursion", f"recursion, {calls(deep):,} calls, reverse", "gradient", deep),
        replace(recursion("calls", f"recursion, {calls(deep):,} calls, forward", "jvp", deep), told=False),
        _rosenbrock("rosenbrock", f"Rosenbrock's function of {wide}, gradient", "gradient", wide),
        _rosenbrock("hessian", f"Rosenbrock's function of {wide}, Hessian", "hessian", wide),
        batch,
        batch20,
        replace(batch, key="batch-1", title=f"{batch.title}, one thread", threads=1, told=False),
        replace(batch20, key="batch20-1", title=f"{batch20.title}, one thread", threads=1, told=False),
    ]
