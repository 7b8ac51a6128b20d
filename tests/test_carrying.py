"""What is only compared has no derivative to be awkward about, and everything else keeps its note."""

from __future__ import annotations

import pytest

import lang
from lang.evaluate.notes import jumps
from lang.rules import table

SQUARE = "x = ? 3\ny = x * x\n"
STOPS = {
    "a condition": (SQUARE + "while abs(y - 9) > 1:\n    y = y / 2\nz = 2 * y\n", 12),
    "a name of its own": (SQUARE + "how = abs(y - 9)\nwhile how > 1:\n    how = 0\nz = 2 * y\n", 12),
    "vertical": (SQUARE + "while sqrt(square(y - 9)) > 1:\n    y = y / 2\nz = 2 * y\n", 12),
    "a function": (
        "far(u) = hypot(u, 2 * u)\n" + SQUARE + "if far(y - 9) > 1 or far(9 - y) > 2:\n    y = 0\nz = y\n",
        6,
    ),
    "inside a function": (
        "x = ? 3\ndef f(u):\n    while abs(u - 9) > 1:\n        u = u / 2\n    return 2 * u\nz = f(x * x)\n",
        12,
    ),
    "a derivative call": (
        "x = ? 3\ndef f(u):\n    if abs(u - 3) > 1:\n        u = 3\n    return u**2 if abs(u - 3) < 5 else 1\n"
        "z = f'(x)\n",
        2,
    ),
    "with saved values": (
        SQUARE + "push y\nwhile abs(y - 9) > 1:\n    push y\n    y = y / 2\n    y = pop()\ny = pop()\nz = 2 * y\n",
        12,
    ),
    "chosen": ("x = ? 3\nz = where(abs(x - 3) < 1, 4 * x, 0)\n", 4),
    "negated": ("x = ? 3\nsmall = not abs(x - 3) > 1 and abs(3 - x) < 1\nz = 4 * x if small else 0\n", 4),
}
"""Programs with a kink or a vertical tangent that only decides, each with dz/dx."""

QUICK = ("a condition", "vertical", "inside a function")
"""Those in which machine code answers, for what is compared stands in the condition itself."""

MATTERS = {
    "it is the result too": "x = ? 3\nz = abs(x - 3)\nwhile z > 1:\n    z = z / 2\n",
    "it goes on by another name": "x = ? 3\nr = abs(x - 3)\nt = r\nz = 1 if r > 1 else t * 2\n",
    "a function gives it": "x = ? 3\nfar(u) = abs(u)\nz = far(x - 3) if far(x - 3) < 1 else 5\n",
    "a function reads it": "x = ? 3\nr = abs(x - 3)\nf(u) = u * r\nz = f(x) if r < 1 else 0\n",
    "it is computed in a condition and kept in a loop": "x = ? 3\nr = 1\nz = 0\nwhile r > 0.5:\n    z += r\n"
    "    r = abs(x - 3)\nz += r\n",
    "a derivative decides": "x = ? 3\nf(u) = abs(u - 3)\nz = x if f'(x) < 0.5 else 0\n",
    "it jumps": "x = ? 3\nz = x if floor(x) > 2 else 2 * x\n",
    "it was saved": "x = ? 3\nr = abs(x - 3)\npush r\nr = pop()\nz = r if r < 1 else 0\n",
}
"""Programs with an awkward point that the result feels."""


def notes(text: str, **options: str) -> set[str]:
    return {note.kind for note in lang.parse(text).ask("grad", "z", **options).notes}  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "slope"), STOPS.values(), ids=STOPS.keys())
def test_what_only_decides_is_not_noted(text: str, slope: float) -> None:
    program = lang.parse(text)
    for by in ("reverse", "forward"):
        for engine in ("interpreter", "python", "native"):
            answer = program.ask("grad", "z", by=by, engine=engine)
            assert answer.value["x"] == slope
            assert answer.notes == (), (by, engine)
        assert program.grad("z", by=by, kinks="error")["x"] == slope
    for verb in ("hessian", "trace", "tape", "why", "graph"):
        assert program.ask(verb, "z").notes == (), verb
    made = program.compile("z", engine="native")
    assert made.grad(3) == (slope,)
    assert made.notes == ()
    assert program.run().notes == []


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("name", QUICK)
def test_compiled_code_answers_where_a_kink_only_decides(name: str, engine: str) -> None:
    text, slope = STOPS[name]
    made = lang.parse(text).compile("z", engine=engine)
    assert made.exactly("gradient", (3.0,)) == (made(3), slope)


def test_what_jumps_at_its_kinks_is_asked_of_the_kernels() -> None:
    kinked = [each for each in table().primitives if each.kink is not None]
    assert {each.name for each in kinked if not jumps(each)} == {"abs", "min", "max", "relu", "hypot", "clamp"}
    assert not any(jumps(each) for each in table().primitives if each.kink is None)


@pytest.mark.parametrize("text", MATTERS.values(), ids=MATTERS.keys())
def test_what_reaches_the_result_is_noted(text: str) -> None:
    for by in ("reverse", "forward"):
        for engine in ("interpreter", "native"):
            assert "kink" in notes(text, by=by, engine=engine)
        with pytest.raises(lang.DerivativeError):
            lang.parse(text).grad("z", by=by, kinks="error")


def test_of_two_results_each_has_its_own_notes() -> None:
    program = lang.parse("x = ? 3\nr = abs(x - 3)\nz = x if r < 1 else 0\n")
    assert program.ask("grad", "z").notes == ()
    assert [note.kind for note in program.ask("grad", "r").notes] == ["kink"]
    assert [note.kind for note in program.ask("jacobian", "z", "r").notes] == ["kink"]
    session = lang.Session()
    outcome = session.run(str(program) + "grad z\ngrad r\n")
    first, second = (shown for shown in outcome.shown if hasattr(shown, "notes"))
    assert (len(first.notes), len(second.notes)) == (0, 1)
