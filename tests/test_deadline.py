"""Seconds bound all that a person starts: every verb, in every form, looks at the clock, and ends when time is over.

The clock is a made-up one here, or counts what Python does between two looks; no test waits.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

import lang
from lang import clock
from lang.show import ansi, forms
from lang.verbs.core import registry

LINES = "x = ? 1\na0 = x\n{}\nz = a{}\n"
BLOCKS = """
x = ? 1
f(a, b) = sin(a) * b
def g(a):
    c = a * 0.5
    if c > 1:
        return c * x
    else:
        return f(c, a)
z = x
{}
"""
PIECE = """
for i in range(2):
    z = z * 0.5 + g(z)
if z > 2:
    z = f(z, x)
else:
    z = z * cos(x)
"""


class Case(NamedTuple):
    """A way to ask a verb."""

    verb: str
    by: str | None
    form: str

    def ask(self, program: lang.Program, limits: lang.Limits) -> Any:
        verb = registry.verb(self.verb)
        words: dict[str, Any] = {"by": self.by, "as_": self.form, "limits": limits}
        if verb.free:
            return program.ask(self.verb, **words)
        if self.verb in ("jvp", "vjp"):
            words["along"] = {"x": 1.0} if self.verb == "jvp" else {"z": 1.0}
        return program.ask(self.verb, "z", **words)


def cases(forms: Callable[[registry.Verb], Iterator[str]]) -> list[Any]:
    """Every verb, however it goes, in some of its forms."""
    found = []
    for name in registry.names():
        verb = registry.verb(name)
        for by in verb.ways or (None,):
            for form in forms(verb):
                whole = by != "separate" or form not in ("python", "c", "javascript")
                if whole:
                    found.append(pytest.param(Case(name, by, form), id=" ".join(filter(None, (name, by, form)))))
    return found


def own_forms(verb: registry.Verb) -> Iterator[str]:
    """The first form, and those that the verb makes itself."""
    yield verb.formats[0]
    yield from (form for form in verb.formats if form not in registry.FORMATS)


def straight(lines: int) -> str:
    return LINES.format("\n".join(f"a{i} = a{i - 1} * 0.5 + sin(x)" for i in range(1, lines)), lines - 1)


def blocks(lines: int) -> str:
    return BLOCKS.format(PIECE * (lines // 6))


# --- how often the clock is looked at ------------

ONCE = 400
"""What Python may do between two looks for each line of a program: calls, of its own functions and of others."""
COMPILED = 1_000
"""The same while code is written: for each line there are a dozen of the derivative program."""
ALWAYS = 25_000
"""What it may do however short a program is: a table of the rules, a picture's axes."""


def longest(act: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> int:
    """The most that Python does between two looks at the clock."""
    done = last = most = 0
    real = clock.now

    def now() -> float:
        nonlocal last, most
        most, last = max(most, done - last), done
        return real()

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal done
        done += event in ("call", "c_call")

    monkeypatch.setattr(clock, "now", now)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    except (lang.CommandError, lang.DerivativeError):
        pass
    finally:
        sys.setprofile(before)
        monkeypatch.setattr(clock, "now", real)
    return max(most, done - last)


def looks_enough(case: Case, text: Callable[[int], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.verbs.core.closed.PATIENCE", 0.2)
    limits, small, large = lang.Limits(), 30, 120
    with suppress(lang.CommandError):
        case.ask(lang.parse(text(6)), limits)  # what is made once for all is made here
    most = longest(lambda: case.ask(lang.parse(text(large)), limits), monkeypatch)
    if most > ALWAYS:
        less = longest(lambda: case.ask(lang.parse(text(small)), limits), monkeypatch)
        assert most - less <= ONCE * (large - small), (less, most)


@pytest.mark.parametrize("case", cases(own_forms))
def test_no_verb_does_much_of_a_long_program_without_a_look_at_the_clock(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_enough(case, straight, monkeypatch)


@pytest.mark.parametrize("case", cases(own_forms))
def test_nor_of_one_with_many_blocks_and_calls(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    looks_enough(case, blocks, monkeypatch)


def shared_forms(verb: registry.Verb) -> Iterator[str]:
    """The forms that are laid out from an answer's pieces."""
    yield from (form for form in verb.formats if form in registry.FORMATS)


@pytest.mark.parametrize("case", cases(shared_forms))
def test_no_form_of_an_answer_is_laid_out_without_looks_at_the_clock(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lang.verbs.core.closed.PATIENCE", 0.2)

    def most(lines: int) -> int:
        answer = case.ask(lang.parse(straight(lines)), lang.Limits())
        with clock.within(1e9):
            return longest(lambda: ansi.text(forms.answer(answer), colour=True), monkeypatch)

    with suppress(lang.CommandError):
        most(6)  # what is made once for all is made here
        long = most(240)
        if long > ALWAYS // 5:
            assert long - most(60) <= ONCE // 5 * 180


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("text", [straight, blocks])
@pytest.mark.parametrize("way", ["value", "grad", "hessian"])
def test_no_engine_compiles_much_without_a_look_at_the_clock(
    engine: str, text: Callable[[int], str], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def most(lines: int) -> int:
        def act() -> None:
            made = lang.parse(text(lines)).compile("z", engine=engine)
            (made if way == "value" else getattr(made, way))(1.25)

        return longest(act, monkeypatch)

    most(6)
    long = most(240)
    if long > ALWAYS:
        assert long - most(60) <= COMPILED * 180


def test_a_walk_that_never_looks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def act(lines: int) -> Callable[[], Any]:
        def walked() -> None:
            for _ in range(lines * 1_000):
                len("")

        return walked

    few, many = longest(act(10), monkeypatch), longest(act(100), monkeypatch)
    assert many - few > ONCE * 90


# --- time that is over ------------


class Time:
    """A clock that goes on by one second with every look."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> float:
        self.looks += 1
        return float(self.looks)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(clock, "now", made)
    monkeypatch.setattr(clock, "EVERY", 1)
    return made


def stopped(act: Callable[[], Any]) -> lang.LimitExceeded | lang.CommandError | None:
    """What stopped it."""
    try:
        act()
    except (lang.LimitExceeded, lang.CommandError) as error:
        return error
    return None


SWALLOWING = ("compare", "symbolic", "grad", "check")
"""Verbs that may answer without one of their ways; time that is over for SymPy is no error of theirs."""


@pytest.mark.parametrize("case", cases(own_forms))
def test_whenever_time_is_over_every_verb_says_so_and_answers_later_as_ever(
    case: Case, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lang.verbs.core.closed.PATIENCE", 0.2)
    forever = lang.Limits(seconds=1e9)
    program = lang.parse(blocks(6), limits=forever)
    try:
        right = case.ask(program, forever).fact
    except lang.CommandError:
        right = None
    before = time.looks
    if right is not None:
        case.ask(program, forever)
    looks = time.looks - before
    for end in {max(2, each) for each in (looks // 4, looks // 2, looks - 3)}:
        found = stopped(lambda end=end: case.ask(program, lang.Limits(seconds=end - 1)))
        if isinstance(found, lang.CommandError):
            assert case.verb in SWALLOWING
        elif found is not None:
            assert (found.limit, found.allowed) == ("seconds", end - 1)
            assert found.reached > found.allowed
            assert found.source is program.source
            assert found.span is not None
            assert found.hint
            assert "stopped after" in found.render()
    if right is not None:
        again = case.ask(program, forever).fact
        assert repr(again) == repr(right)


@pytest.mark.parametrize("engine", ["auto", "python", "native"])
@pytest.mark.parametrize("text", [straight, blocks])
def test_who_has_no_time_to_compile_is_answered_by_the_interpreter(
    engine: str, text: Callable[[int], str], time: Time
) -> None:
    program = lang.parse(text(60), limits=lang.Limits(seconds=1e9))
    right = program.value_and_grad("z", x=1.25, engine="interpreter")
    before = time.looks
    whole = program.compile("z", engine=engine)
    assert whole(1.25) == right[0]
    assert whole.engine != "interpreter"
    looks = time.looks - before
    assert whole.grad(1.25) == pytest.approx((right[1]["x"],), rel=1e-12)
    hurried = program.compile("z", engine=engine, limits=lang.Limits(seconds=looks // 2))
    assert (hurried(1.25), hurried.engine) == (right[0], "interpreter")
    assert f"stopped after {looks // 2} seconds, while " in hurried.why
    assert hurried.grad(1.25) == (right[1]["x"],)


def test_a_run_that_has_no_time_to_be_compiled_says_where_it_stopped(time: Time) -> None:
    text = blocks(60) + "for i in range(200000):\n    z = z + sin(x * i)\n"
    assert lang.Session(limits=lang.Limits(seconds=1e9)).run(text).error is None
    looks = time.looks
    for end in range(1, looks - 4, max(1, looks // 60)):
        error = lang.Session(limits=lang.Limits(seconds=end)).run(text).error
        assert isinstance(error, lang.LimitExceeded)
        assert error.limit == "seconds"
        assert error.span is not None


def test_what_takes_too_long_to_lay_out_is_told_as_an_error_by_every_face(
    time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    from lang.cli.console import Console
    from lang.cli.running import deliver
    from lang.notebook.cells import Cells
    from lang.repl.telling import told

    text = "x = ? 1\n" + "".join(f"a{i} = x * {i}\n" for i in range(300)) + "jacobian " + ", ".join(
        f"a{i}" for i in range(300)
    )
    outcome = lang.Session(limits=lang.Limits(seconds=1e9)).run(text)
    assert outcome.ok
    said = "stopped after 20 seconds, while laying out the answer"
    for as_json in (False, True):
        assert deliver(outcome, Console(), as_json, 20) == 1
        printed = capsys.readouterr()
        assert said in (printed.out if as_json else printed.err)
        assert deliver(outcome, Console(), as_json, 1e9) == 0
        assert "a299" in capsys.readouterr().out
    known = lang.Session(limits=lang.Limits(seconds=20))
    answers, remarks = told(outcome, 80, known=known)
    assert not answers
    assert said in ansi.text(remarks[-1])
    cells = Cells(limits=lang.Limits(seconds=20))
    done = cells._shown(outcome, ())
    assert said in str(done.error)
    assert said in done.bundles[-1]["text/plain"]


@pytest.mark.parametrize("lines", [400, 4000])
def test_reading_is_bounded_and_says_how_far_it_came(lines: int, time: Time) -> None:
    text = straight(lines)
    lang.parse(text, limits=lang.Limits(seconds=1e9))
    looks = time.looks
    for end in range(1, looks - 2, max(1, looks // 20)):
        with pytest.raises(lang.LimitExceeded) as caught:
            lang.parse(text, limits=lang.Limits(seconds=end))
        assert caught.value.limit == "seconds"
        assert caught.value.span is not None
    with pytest.raises(lang.LimitExceeded, match=r"while reading the program \([1-9]\d*% done\)"):
        lang.parse(text, limits=lang.Limits(seconds=2))


def test_the_commands_of_a_text_share_its_time(time: Time) -> None:
    text = "x = ? 1\nz = x * x\n" + "grad z\n" * 50
    assert lang.Session(limits=lang.Limits(seconds=1e9)).run(text).error is None
    whole = time.looks
    for share in range(2, 18):
        session = lang.Session(limits=lang.Limits(seconds=share / 20 * whole))
        error = session.run(text).error
        assert isinstance(error, lang.LimitExceeded)
        assert error.limit == "seconds"
        assert error.span is not None
    session.settings = session.settings.but(limits=lang.Limits(seconds=1e9))
    assert session.run("w = z + 1").error is None
    assert session.values["w"] == 2


def test_time_that_somebody_takes_to_answer_is_not_counted(time: Time) -> None:
    def ask(name: str, default: float | None) -> float:
        time.looks += 10_000
        return 2.0

    session = lang.Session(limits=lang.Limits(seconds=1_000), ask=ask)
    outcome = session.run("x = ?\ny = ?\nz = x * y\ngrad z\nreverse z")
    assert outcome.error is None
    assert session.values["z"] == 4


def test_work_inside_other_work_has_no_more_time_than_that(time: Time) -> None:
    with clock.within(10), clock.within(1_000), pytest.raises(lang.LimitExceeded) as caught:
        for _ in clock.watched(range(1_000), "counting"):
            pass
    assert caught.value.allowed == 10
    with clock.within(1_000), clock.within(10), pytest.raises(lang.LimitExceeded) as caught:
        for _ in clock.watched(iter(range(1_000)), "counting"):
            pass
    assert caught.value.allowed == 10
    assert list(clock.watched(range(5), "counting")) == [0, 1, 2, 3, 4]


def test_a_clock_that_ctrl_c_left_behind_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it comes between the end of a block and the clock's being taken away."""
    at = [0.0]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    clock.within(10).__enter__()
    at[0] = 100.0
    clock.look("counting")
    assert clock.started() == 100.0
    clock.within(10).__enter__()
    with clock.within(30):
        at[0] = 120.0
        clock.look("counting")
        clock.within(1).__enter__()
        at[0] = 131.0
        with pytest.raises(lang.LimitExceeded, match="30 seconds"):
            clock.look("counting")


def test_the_clock_of_a_thread_is_its_own(time: Time) -> None:
    found: list[int] = []

    def work() -> None:
        found.extend(clock.watched(range(100), "counting"))

    with clock.within(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == list(range(100))


def test_a_program_that_is_too_large_for_its_time_ends_in_a_thread_too() -> None:
    program = lang.parse(straight(30_000))
    caught: list[Exception] = []

    def work() -> None:
        try:
            program.ask("reverse", "z", as_="c", limits=lang.Limits(seconds=0.05))
        except lang.LimitExceeded as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    (error,) = caught
    assert isinstance(error, lang.LimitExceeded)
    assert error.limit == "seconds"
