"""What type checkers know of the Python face: `mypy` reads this file, and pytest runs it, so both say the same.

An error that a checker has to see is a line that it is told to ignore: one that is not needed is an error for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pytest
from numpy.typing import NDArray

import lang
from lang.compiled.function import Compiled
from lang.graph.computation import Graph
from lang.page.build import Contents
from lang.program import Derived
from lang.verbs.core import registry
from lang.verbs.core.answer import Answer
from tests import methods

Array = NDArray[np.float64]
PROGRAM = lang.parse("x = ?; y = ?; a = x * y; z = a + sin(x)")
POINT: dict[str, float] = {"x": 2, "y": 3}
STUB = Path(lang.__file__).parent / "methods.pyi"


def test_the_methods_are_those_of_the_registry(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        STUB.write_text(methods.stub(), encoding="utf-8")
    assert STUB.read_text(encoding="utf-8") == methods.stub()


KINDS: dict[str, type | tuple[type, ...]] = {
    "dict[str, Any]": dict,
    "dict[str, float]": dict,
    "dict[str, str]": dict,
    "dict[str, tuple[float, float]]": dict,
    "list[dict[str, Any]]": list,
    "Array": np.ndarray,
    "Derived": Derived,
    "Graph": Graph,
    "Contents": Contents,
}


@pytest.mark.parametrize("name", registry.names())
def test_a_verb_gives_what_it_says(name: str) -> None:
    verb = registry.verb(name)
    along = {"along": {"z": 1.0} if name == "vjp" else {"x": 1.0}} if "wrt" not in verb.clauses or name == "vjp" else {}
    options: dict[str, Any] = {"at": POINT, **(along if "along" in verb.clauses else {})}
    found: Any = getattr(PROGRAM, name)("sin" if verb.free else "z", **options)
    assert issubclass(type(found), KINDS[verb.gives])
    kinds = verb.gives.removesuffix("]").partition("dict[str, ")[2]
    if kinds in ("float", "str"):
        assert {type(each).__name__ for each in found.values()} == {kinds}


def test_help_tells_what_a_method_takes_and_gives() -> None:
    said = PROGRAM.jacobian.__doc__ or ""
    assert "Gives: numpy.ndarray. Takes names of results, wrt=, by=, at=" in said
    assert "`by` is reverse, forward." in said
    assert "along=" in (PROGRAM.jvp.__doc__ or "")


def test_results_have_types() -> None:
    program = lang.parse("x = ?; y = ?; a = x * y; z = a + sin(x)")
    assert_type(program, lang.Program)
    assert_type(program.grad("z", x=2, y=3), dict[str, float])
    assert_type(program.grad("z", wrt=["x"], by="forward", at={"x": 2, "y": 3}, limits=lang.Limits()), dict[str, float])
    assert_type(program.value_and_grad("z", x=2, y=3), tuple[float, dict[str, float]])
    assert_type(program.jvp("a", "z", along={"x": 1}, x=2, y=3), dict[str, tuple[float, float]])
    assert_type(program.vjp("a", "z", along={"z": 1}, x=2, y=3), dict[str, float])
    assert_type(program.hessian("z", x=2, y=3), Array)
    assert_type(program.jacobian("a", "z", x=2, y=3), Array)
    assert_type(program.forward("z", along={"x": 1, "y": None}), Derived)
    assert_type(program.reverse("z").derivatives, dict[str, str])
    assert_type(program.reverse("z", as_="raw"), Derived)
    assert_type(program.reverse("z", as_="c"), str)
    assert_type(program.grad("z", as_="latex", x=2, y=3), str)
    assert_type(program.ask("trace", "z", inputs={"x": 2, "y": 3}), Answer)
    result = program.run(x=2, y=3)
    assert_type(result, lang.Result)
    assert_type(result["z"], float | bool)
    assert_type(lang.Session().run("x = 3"), lang.Outcome)


def test_compiled_functions_have_types() -> None:
    f = PROGRAM.compile("z")
    assert_type(f, Compiled)
    assert_type(f(2, 3), float)
    assert_type(f.grad(2, 3), tuple[float, ...])
    assert_type(f.value_and_grad(2, 3), tuple[float, tuple[float, ...]])
    point = np.array([2.0, 3.0])
    assert_type(f(point), float)
    assert_type(f.grad(point), np.ndarray[Any, Any])
    assert_type(f.value_and_grad(point), tuple[float, np.ndarray[Any, Any]])
    assert_type(f.jvp((2, 3), (1, 0)), tuple[float, float])
    assert_type(f.hessian(2, 3), np.ndarray[Any, Any])
    assert_type(f.batch([[2, 3]]), np.ndarray[Any, Any])
    assert_type(f.grad_batch([[2, 3]]), tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]])
    assert isinstance(f.grad(2, 3), tuple)
    assert isinstance(f.grad(point), np.ndarray)
    assert isinstance(f.grad([2, 3]), tuple)


def test_mistakes_are_seen_by_a_checker() -> None:
    names: Sequence[str] = ("x",)
    with pytest.raises(AttributeError):
        PROGRAM.gradd("z")  # type: ignore[attr-defined]
    with pytest.raises(lang.CommandError):
        PROGRAM.hessian("a", "z", x=2, y=3)  # type: ignore[call-overload]
    with pytest.raises(lang.CommandError):
        PROGRAM.jvp("z", wrt=names, x=2, y=3)  # type: ignore[call-overload]
    with pytest.raises(lang.InputError):
        PROGRAM.grad("z", x="2", y=3)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", registry.names())
def test_a_format_gives_its_text(name: str) -> None:
    verb = registry.verb(name)
    along = {"along": {"z": 1.0} if name == "vjp" else {"x": 1.0}} if "along" in verb.clauses else {}
    target, options = "sin" if verb.free else "z", {"at": POINT, **along}
    ask: Any = getattr(PROGRAM, name)
    for form in verb.formats:
        found = ask(target, as_=form, **options)
        own = form in ("text", *verb.styles)
        assert isinstance(found, KINDS[verb.gives] if own else bytes if form == "png" else str)
        if not own and form != "png":
            inputs: dict[str, Any] = {"inputs": POINT, **along}
            assert found == str(PROGRAM.ask(name, target, as_=form, **inputs)) != ""


def test_answers_are_short_at_the_prompt_of_python() -> None:
    long = lang.parse("x = ?\nz = x\n" + "z = sin(z) * x\n" * 30)
    answer = long.ask("forward", "z")
    assert str(answer) + "\n" == str(long.forward("z"))
    assert repr(answer).splitlines()[-1].endswith("more lines")
    assert repr(PROGRAM.ask("grad", "z", inputs=POINT)) == str(PROGRAM.ask("grad", "z", inputs=POINT))
    assert repr(PROGRAM.graph("z", at=POINT)) == "<graph of z: 5 boxes>"
    assert repr(PROGRAM.explain("z", at=POINT)) == "<page about z: 5 steps>"
    assert str(PROGRAM.graph("z", at=POINT)) == str(PROGRAM.ask("graph", "z", inputs=POINT))
