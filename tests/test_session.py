"""A session: texts one after another, each seeing what stood before; and a program shared by threads."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import lang
from tests.fuzz import LINES, PRELUDE_PIECES


def session_of(*texts: str, **options: Any) -> lang.Session:
    session = lang.Session(**options)
    for text in texts:
        outcome = session.run(text)
        assert outcome.error is None, (text, outcome.error)
    return session


def answer(session: lang.Session, text: str) -> Any:
    outcome = session.run(text)
    assert outcome.error is None, outcome.error
    shown = outcome.shown[-1]
    return shown.value if hasattr(shown, "value") else shown.values


def failure(session: lang.Session, text: str) -> lang.AdError:
    error = session.run(text).error
    assert error is not None
    return error


def test_entries_build_on_each_other() -> None:
    session = session_of("x = 3", "y = x * 2", "f(a) = a * y", "y = 10", "def g(a):\n  return f(a), a", "p, q = g(2)")
    assert session.values == {"x": 3, "y": 10, "p": 20, "q": 2}
    assert answer(session, "f(p) + q") == (202,)


def test_an_outcome_tells_what_its_text_did_and_nothing_else() -> None:
    session = session_of("x = 3; w = 1")
    outcome = session.run("y = x + 1\ny * 2\nx = 3")
    assert outcome.ok
    assert outcome.values == {"x": 3, "y": 4}
    assert [each.values for each in outcome.shown] == [(8,)]
    assert session.run("1 + 1").values == {}


def test_an_error_in_the_seventh_statement_keeps_the_six_before_it() -> None:
    session = lang.Session()
    lines = [f"a{i} = {i}" for i in range(6)] + ["b = log(-1)", "c = 8", "d = 9"]
    outcome = session.run("\n".join(lines))
    assert isinstance(outcome.error, lang.DomainError)
    assert outcome.error.source.position(outcome.error.span[0])[0] == 7
    assert session.values == outcome.values == {f"a{i}": i for i in range(6)}
    assert answer(session, "a5 + 1") == (6,)
    for name in "bcd":
        assert f"`{name}`" in failure(session, name).message
    assert answer(session, "c = 2; c") == (2,)


def test_what_was_shown_before_an_error_stays_shown() -> None:
    outcome = lang.Session().run("x = 3\nx + 1\ngrad_me = ? 2\nx / 0\nx + 2")
    assert [each.values for each in outcome.shown] == [(4,)]
    assert outcome.error is not None


def test_a_text_that_is_no_program_changes_nothing() -> None:
    session = session_of("x = 3")
    for text in (
        "y = 1\nz = (",
        "y = 1\nz = unknown",
        "y = 1\nb = (1 < 2) + 1",
        "x = 4 +",
        "y = 1\nwhile 3: y = 2",
    ):
        assert failure(session, text)
        assert session.values == {"x": 3}
        assert failure(session, "y")


@pytest.mark.parametrize("text", [
    "while n < 10:\n  n += 1\n  m = n\n  w = 1 / (5 - n)",
    "for n in range(10):\n  m = n\n  w = 1 / (5 - n)",
    "if n < 1:\n  n = 3\n  m = 5\n  w = log(-1)",
    "n, m = f(3)",
    "n, m = 4, 1 / 0",
])  # fmt: skip
def test_a_statement_that_fails_leaves_every_name_as_before_it(text: str) -> None:
    session = session_of("n = 0; m = 7", "def f(a):\n  b = a / (a - 3)\n  return b, b")
    assert isinstance(failure(session, f"k = 1\n{text}\nlast = 2"), lang.DomainError)
    assert session.values == {"n": 0, "m": 7, "k": 1}
    for name in ("w", "last"):
        assert f"`{name}`" in failure(session, name).message
    assert answer(session, "n + m + k") == (8,)


def test_names_first_set_in_a_failing_loop_have_no_value_after_it() -> None:
    session = lang.Session()
    assert failure(session, "for i in range(3): w = 1 / (1 - i)")
    assert session.values == {}
    assert "`i`" in failure(session, "i").message


def test_a_failing_text_keeps_the_functions_and_rules_before_the_failure() -> None:
    session = lang.Session()
    text = "f(a) = a * a\nc = f(a) => dc = 100 * da\nz = 1 / 0\ng(a) = a"
    assert failure(session, text)
    assert answer(session, "f'(3)") == (100,)
    assert "`g`" in failure(session, "g(1)").message


def test_functions_and_rules_may_be_given_again() -> None:
    session = session_of("f(a) = a", "g(a) = f(a) + 1", "f(a) = 10 * a")
    assert answer(session, "g(2), g'(2)") == (21, 10)
    session.run("c = f(a) => dc = 7 * da")
    assert answer(session, "g(2), g'(2)") == (21, 7)
    session.run("f(a) = a")
    assert answer(session, "g(2), g'(2)") == (3, 1)
    session.run("f(a, b) = a * b")
    assert failure(session, "g(2)")
    assert answer(session, "f(2, 5)") == (10,)


def test_a_name_may_become_a_function_and_back() -> None:
    session = session_of("f = 3")
    outcome = session.run("f(a) = a * 2")
    if outcome.error is None:
        assert answer(session, "f(4)") == (8,)
        outcome = session.run("f = 5")
    assert outcome.error is None or "`f`" in outcome.error.message


def test_a_constant_may_be_shadowed_for_what_follows() -> None:
    session = session_of("a = pi", "pi = 3")
    assert answer(session, "a, pi") == (math.pi, 3)


def test_a_failing_shadow_of_a_constant_leaves_the_constant() -> None:
    session = lang.Session()
    assert failure(session, "pi = 1 / 0")
    assert answer(session, "pi") == (math.pi,)
    assert failure(session, "e = 1\ntau = log(-1)")
    assert answer(session, "e, tau") == (1, math.tau)


# --- inputs ------------


def test_ask_is_asked_once_for_each_input_with_its_default() -> None:
    asked = []

    def ask(name: str, default: float | None) -> float | None:
        asked.append((name, default))
        return {"x": 2.0, "y": None, "w": 7.0}[name]

    session = lang.Session(ask=ask)
    outcome = session.run("x = ?\ny = ? 5\nw = ? 1\nz = x * y + w\ngrad z\ngrad z by forward\nhessian z\nz")
    assert outcome.error is None
    assert asked == [("x", None), ("y", 5.0), ("w", 1.0)]
    assert outcome.shown[-1].values == (17,)
    assert outcome.shown[0].value == {"x": 5, "y": 2, "w": 1}


def test_a_missing_input_is_an_error_and_what_stands_before_it_holds() -> None:
    session = lang.Session()
    error = failure(session, "a = 1\nx = ?\nz = x")
    assert isinstance(error, lang.MissingInput)
    assert "`x`" in error.message
    assert session.values == {"a": 1}
    answers = lang.Session(ask=lambda name, default: None)
    assert isinstance(failure(answers, "x = ?"), lang.MissingInput)


@pytest.mark.parametrize("value", [math.nan, math.inf, "3", 1j, True, [2]])
def test_what_is_asked_for_must_be_a_finite_real_number(value: Any) -> None:
    session = lang.Session(ask=lambda name, default: value)
    error = failure(session, "a = 1\nx = ?")
    assert isinstance(error, lang.InputError)
    assert "`x`" in error.message
    assert session.values == {"a": 1}


def test_inputs_given_to_a_session_need_no_asking() -> None:
    def ask(name: str, default: float | None) -> float:
        raise AssertionError(name)

    session = lang.Session(inputs={"x": 4}, ask=ask)
    assert answer(session, "x = ?\nx * 2") == (8,)


def test_recorded_inputs_are_given_again_to_every_derivative() -> None:
    numbers = iter([2.0, 3.0, 5.0])
    session = lang.Session(ask=lambda name, default: next(numbers))
    texts = ["x = ?", "a = x * x", "y = ?", "f(u) = u * a", "b = f(y)\nfor i in range(3): b = b + sin(x) * i",
             "w = ?",
             "z = b * w + a"]  # fmt: skip
    for text in texts:
        assert session.run(text).error is None
    whole = lang.parse("\n".join(texts))
    at = {"x": 2, "y": 3, "w": 5}
    for by in ("reverse", "forward"):
        assert answer(session, f"grad z by {by}") == whole.grad("z", by=by, at=at)
    assert answer(session, "hessian z").array().tolist() == whole.hessian("z", at=at).tolist()
    assert np.asarray(answer(session, "hessian z"), dtype="f4").shape == (len(at), len(at))
    assert answer(session, "grad z wrt a, y") == whole.grad("z", wrt="a, y", at=at)
    assert answer(session, "grad z at x = 1") == whole.grad("z", at={**at, "x": 1})


def test_a_gradient_after_many_entries_is_that_of_the_whole_program() -> None:
    session = lang.Session(inputs={"x": 1.5})
    texts = ["x = ?\nz = x"] + [f"z = z * 0.9 + sin(x) * {i}" for i in range(200)]
    for text in texts:
        session.run(text)
    assert answer(session, "grad z") == lang.parse("\n".join(texts)).grad("z", x=1.5)


def test_derivatives_leave_out_what_failed() -> None:
    session = lang.Session(inputs={"x": 2})
    assert failure(session, "x = ?\nz = x * x\nz = z / 0\nz = 5")
    assert answer(session, "grad z") == {"x": 4}
    assert failure(session, "for i in range(3):\n  z = z * x\n  w = 1 / (1 - i)")
    assert answer(session, "grad z") == {"x": 4}
    assert failure(session, "z = z * x\ngrad nothing_there\nz = 7")
    assert answer(session, "z") in ((8,), (4,))


def test_an_input_asked_again_later_is_the_later_one() -> None:
    numbers = iter([2.0, 10.0])
    session = lang.Session(ask=lambda name, default: next(numbers))
    session.run("x = ?\na = x * x")
    outcome = session.run("x = ?\nz = a * x")
    if outcome.error is None:
        assert session.values == {"x": 10, "a": 4, "z": 40}
        assert answer(session, "grad z") in ({"x": 4}, {"x": 4 + 2 * 2 * 10})
    else:
        assert "`x`" in outcome.error.message


# --- commands ------------


def test_a_program_is_made_ready_once(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lang.parse("x = ?\nf(a) = a * x\nz = f(x) + 1\nz\ngrad z\nz * 2")
    first = program.run(x=3)
    monkeypatch.setattr("lang.evaluate.run.assemble", None)
    monkeypatch.setattr("lang.evaluate.recipe.assemble", None)
    again = program.run(x=3)
    assert again.values == first.values
    assert again.shown[1].value == first.shown[1].value == {"x": 6.0}
    assert program.run(x=2)["z"] == 5.0


def test_at_and_along_may_be_computed_from_names() -> None:
    session = lang.Session(inputs={"x": 2, "y": 3})
    session.run("x = ?\ny = ?\nz = x * y\nk = 4")
    assert answer(session, "grad z at x = k * 2 + x") == {"x": 3, "y": 10}
    assert answer(session, "jvp z along x = k, y = -x") == {"z": (6, 4 * 3 - 2 * 2)}
    assert answer(session, "vjp z along z = k / 2") == {"x": 6, "y": 4}
    assert answer(session, "grad z at x = 0, y = k if k > 3 else 0") == {"x": 4, "y": 0}
    assert session.values == {"x": 2, "y": 3, "z": 6, "k": 4}


def test_a_command_that_fails_tells_where_and_what_stands_before_it_holds() -> None:
    session = lang.Session(inputs={"x": 2})
    error = failure(session, "x = ?\nz = x\ngrad z wrt q\ny = 1")
    assert "`q`" in error.message
    assert error.source.position(error.span[0])[0] == 3
    session = session_of("x = ?\nz = x\nb = 1 < 2", inputs={"x": 2})
    assert "`b`" in failure(session, "k = 0\ngrad b").message
    error = failure(session, "k = 0\ngrad z at x = 1 / k")
    assert isinstance(error, lang.DomainError)
    assert error.source.slice(error.span) == "1 / k"
    assert session.values == {"x": 2, "z": 2, "b": True, "k": 0}


def test_unknown_verbs_and_clauses_get_a_suggestion() -> None:
    session = lang.Session(inputs={"x": 2})
    session.run("x = ?\nz = x * x")
    assert "grad" in (failure(session, "gard z").hint + failure(session, "gard z").message)
    assert failure(session, "grad z by revers").hint == "did you mean `reverse`?"
    assert failure(session, "grad z along x = 1")
    assert failure(session, "jvp z")
    assert failure(session, "grad z, x")


def test_commands_are_answered_where_they_stand() -> None:
    outcome = session_of().run("x = ? 2\nz = x * x\ngrad z\nz\nz = z * x\ngrad z\nz")
    assert [each.value if hasattr(each, "value") else each.values for each in outcome.shown] == [
        {"x": 4},
        (4,),
        {"x": 12},
        (8,),
    ]


def test_notes_of_derivatives_are_kept_where_they_arise() -> None:
    outcome = lang.Session().run("x = ? 0\nz = abs(x)\ngrad z\nf(a) = abs(a)\nw = f'(0)")
    assert [(note.kind, note.line) for note in outcome.shown[0].notes] == [("kink", 2)]
    assert [(note.kind, note.line) for note in outcome.notes] == [("kink", 4)]


def test_errors_in_functions_of_earlier_entries_point_into_their_text() -> None:
    session = session_of("f(a) = log(a)")
    error = failure(session, "z = f(-1)")
    assert error.source.name == "<input 1>"
    assert error.source.slice(error.span) == "log(a)"
    assert [mark.source.name for mark in error.marks] == ["<input 2>"]


def test_the_options_of_a_session_hold_for_all_its_texts() -> None:
    session = lang.Session(ieee=True)
    assert answer(session, "1 / 0") == (math.inf,)
    session = lang.Session(kinks="error")
    assert isinstance(failure(session, "f(a) = abs(a)\nf'(0)"), lang.DerivativeError)
    session = lang.Session(limits=lang.Limits(steps=10))
    assert isinstance(failure(session, "for i in range(100): z = i"), lang.LimitExceeded)
    assert answer(session, "1 + 1") == (2,)


def test_sessions_share_nothing() -> None:
    one, other = session_of("x = 1; f(a) = a"), session_of("x = 2; f(a) = 10 * a")
    assert answer(one, "f(x)") == (1,)
    assert answer(other, "f(x)") == (20,)


# --- threads ------------

SHARED = """x = ?
y = ?
f(a) = a * sin(a)
c = f(a) => dc = (sin(a) + a * cos(a)) * da
g(a) = a if a < 1 else g(a / 2) + f'(a)
z = y
for i in range(6): z = sin(z * x) + g(x + i) * f(y) + max(x, y)
"""


def test_threads_may_share_a_program() -> None:
    program = lang.parse(SHARED)

    def ask(number: int) -> Any:
        at = {"x": 1 + number / 100, "y": 2.0}
        by = ("reverse", "forward")[number % 2]
        return (
            program.run(at=at)["z"],
            program.grad("z", by=by, at=at),
            program.grad("z", wrt="z", at=at),
            program.hessian("z", at=at).tolist(),
            program.jvp("z", along={"x": 1}, at=at),
        )

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(24)))
    alone = lang.parse(SHARED)
    program = alone
    assert found == [ask(number) for number in range(24)]


def test_threads_are_told_the_same_lines() -> None:
    program = lang.parse("x = ?\n\n\n\nz = log(x)\n" + "w = 1\n" * 2000)

    def line(number: int) -> int:
        with pytest.raises(lang.DomainError) as caught:
            program.run(x=-1)
        return caught.value.source.position(caught.value.span[0])[0]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(line, range(40))) == {5}


def test_a_program_that_is_asked_again_and_again_keeps_its_size() -> None:
    program = lang.parse("x = ?\na = x * x\nz = a * a")
    sizes = []
    for _ in range(3):
        for _ in range(5):
            program.grad("z", wrt="a", x=1)
            program.hessian("z", x=1)
        sizes.append(len(program._codes))
    assert sizes[0] == sizes[2]


# --- a text, whole or in pieces ------------


def by_pieces(pieces: list[str], session: lang.Session) -> list[Any]:
    """Run piece by piece to the first error; what was shown."""
    shown: list[Any] = []
    for piece in pieces:
        outcome = session.run(piece)
        shown += outcome.shown
        if outcome.error is not None:
            break
    return shown


def plain(shown: list[Any]) -> list[Any]:
    return [each.as_json() if hasattr(each, "as_json") else each.values for each in shown]


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_a_text_means_the_same_whole_and_in_pieces(first: int) -> None:
    compared = 0
    for seed in range(first, first + 50):
        rng = random.Random(seed)
        pieces = [*PRELUDE_PIECES, *(rng.choice(LINES) for _ in range(rng.randrange(1, 12)))]
        whole, parts = (lang.Session(limits=lang.Limits(steps=20_000)) for _ in range(2))
        outcome = whole.run("\n".join(pieces))
        shown = by_pieces(pieces, parts)
        if isinstance(outcome.error, lang.CheckError | lang.ParseError | lang.LimitExceeded):
            continue
        if isinstance(outcome.error, lang.CommandError) and not whole.values:
            continue  # refused before anything ran: a text that cannot run changes nothing
        assert repr(plain(outcome.shown)) == repr(plain(shown)), (seed, pieces)
        assert whole.values == parts.values, (seed, pieces)
        if outcome.error is None and "z" in whole.values:
            for question in ("grad z", "grad z by forward", "hessian z"):
                one, other = (repr(plain(each.run(question).shown)) for each in (whole, parts))
                assert one == other, (seed, pieces)
        compared += 1
    assert compared > 15


@pytest.mark.parametrize(
    "command",
    [
        "grad z at x = -1",
        "grad z wrt x at x = -1 by forward",
        "hessian z at x = -1",
        "jvp z at x = -1 along x = 1",
    ],
)
def test_a_command_that_fails_while_it_runs_keeps_the_statements_before_it(command: str) -> None:
    session = lang.Session(inputs={"x": 2})
    outcome = session.run(f"x = ?\nf(a) = log(a)\nz = f(x)\n{command}\nw = 1")
    assert outcome.error is not None
    assert session.values == {"x": 2, "z": math.log(2)}
    assert answer(session, "f(1)") == (0,)
    assert answer(session, "grad z") == {"x": 0.5}
    assert "`w`" in failure(session, "w").message


# --- what Python programs do with programs -----------------------------------------------------------------------


def test_programs_and_functions_are_copied_and_go_to_other_processes() -> None:
    program = lang.parse("x = ?\ny = ? 2\nz = x * y + sin(x)", "mine.ad", lang.Limits(steps=7))
    adjoint = program.reverse("z", wrt="x")
    f = program.compile("z", wrt="x", engine="python")
    for travel in (copy.deepcopy, copy.copy, lambda each: pickle.loads(pickle.dumps(each))):
        there, other, g = travel(program), travel(adjoint), travel(f)
        assert str(there) == str(program)
        assert (there.source.name, there.limits) == ("mine.ad", program.limits)
        assert there.grad("z", x=0.5) == program.grad("z", x=0.5)
        assert (other.seeds, other.derivatives, str(other)) == (adjoint.seeds, adjoint.derivatives, str(adjoint))
        assert (g.value_and_grad(0.5, 2.0), g.engine, g.wrt) == (f.value_and_grad(0.5, 2.0), "python", ("x",))


def test_errors_go_to_other_processes() -> None:
    with pytest.raises(lang.DomainError) as caught:
        lang.parse("x = ?\nz = log(x)").run(x=-1)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    assert (error.span, error.hint, error.render()) == (caught.value.span, caught.value.hint, caught.value.render())


def test_a_passed_limit_goes_to_other_processes() -> None:
    with pytest.raises(lang.LimitExceeded) as caught:
        lang.parse("x = 1\nwhile x > 0: x += 1").run(limits=lang.Limits(steps=10))
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.limit, error.allowed, error.reached) == ("steps", 10, caught.value.reached)
    assert error.render() == caught.value.render()


def test_a_session_takes_text_only() -> None:
    with pytest.raises(TypeError, match="a program's text is a str, not bytes"):
        lang.Session().run(b"x = 3")  # type: ignore[arg-type]


def test_what_python_gives_by_mistake_has_advice() -> None:
    program = lang.parse("x = ?\nz = x * x")
    with pytest.raises(lang.InputError, match="takes a number") as caught:
        program.grad("z", x=np.array([1.0, 2.0]))
    assert ".batch(rows)" in caught.value.hint
    with pytest.raises(lang.InputError, match="not '2'") as caught:
        program.grad("z", x="2")
    assert caught.value.hint == "give the number itself: `x=2`"
    with pytest.raises(KeyError, match="the program gave `q` no value; it gave x, z"):
        program.run(x=2)["q"]


@pytest.mark.parametrize(("call", "message"), [
    (lambda program: program.jvp("z", along=3, x=1), "`along` is a mapping of names to numbers, not 3"),
    (lambda program: program.grad("z", at="x"), "inputs are a mapping of names to numbers, not 'x'"),
    (lambda program: program.run(at=[2]), "inputs are a mapping of names to numbers, not [2]"),
    (lambda program: program.run(at={"x": 2}, x=3), "the input `x` is given twice"),
    (lambda program: program.grad("z", wrt=[], x=1), "`wrt` has no names here"),
    (lambda program: program.run(x=np.True_), "the input `x` takes a finite real number, not"),
    (lambda program: program.compile("z")(np.True_), "the input `x` takes a finite real number, not"),
    (lambda program: program.compile("z").jvp("1", (1,)), "the input `x` takes a finite real number, not '1'"),
    (lambda program: program.compile("z").jvp((1, 2), 1), "this takes 1 numbers (x), here are 2"),
    (lambda program: program.compile("z").batch([[1.0]], threads="a"), "`threads` is a number of cores"),
    (lambda program: program.compile("z").batch([[1.0]], threads=-1), "`threads` is a number of cores"),
    (lambda program: program.grad("z", {"x": 1}), 'a name is a str, such as "z", not'),
    (lambda program: program.grad("z", wrt=5, x=1), "a name is a str"),
    (lambda program: program.grad("z", x=1, limits=5), "limits are made by `lang.Limits`, not 5"),
    (lambda program: program.run(x=1, limits=lang.Limits(steps=-1)), "`steps` is a number, 0 or more, not -1"),
    (lambda program: program.run(x=1, limits=lang.Limits(seconds="3")), "the limit `seconds` is a number"),
    (lambda program: program.run(x=1, limits=lang.Limits(seconds=float("nan"))), "the limit `seconds` is a number"),
])  # fmt: skip
def test_slips_in_python_are_told_in_words(call: Callable[[lang.Program], object], message: str) -> None:
    with pytest.raises(lang.AdError, match=re.escape(message)):
        call(lang.parse("x = ?\nz = x"))


def test_python_suggests_the_verb_that_was_meant() -> None:
    with pytest.raises(AttributeError) as caught:
        lang.parse("x = ?\nz = x").gard("z", x=1)
    assert "grad" in dir(caught.value.obj)
    assert caught.value.name == "gard"
