"""What the REPL is made of, without a terminal: answers, colours, the clipboard, `:set`, `:watch`, faults, the menu."""

from __future__ import annotations

import re
import sys

import pytest

import lang
from lang import assist
from lang.evaluate.run import Shown
from lang.repl import clipboard, watching
from lang.repl.answers import Status, checked
from lang.repl.journal import Journal
from lang.repl.lessons import LAST, LESSONS, Lesson
from lang.rules import table
from lang.source import Source
from lang.syntax.parse import parse
from lang.verbs.core import registry

pytest.importorskip("prompt_toolkit", reason="the prompt needs prompt_toolkit")

from lang.repl.background import Listener, of_environment, theme
from lang.repl.commands import COMMANDS
from lang.repl.editor import Editor
from lang.repl.faults import Faults
from lang.repl.palette import THEMES, rgb


@pytest.mark.parametrize(
    ("status", "answers"),
    [
        (Status.FINE, "2 -1 .5 1. 1e3 pi pi/2 sqrt(2) 1_000 -e**2 2>1 hypot(3,4)"),
        (Status.UNFINISHED, "1e 1e- - + . 1_ 3* 2*( sqrt( sqrt sq p pi/ hypot(3, hypot(3 2** 1/0 log( acosh("),
        (Status.WRONG, "two 0x1 1.2.3 1e5x 1,2 x=3 nan inf 1e400 f' ? :help 2;3 )"),
    ],
)
def test_an_answer_is_wrong_only_where_no_more_keys_could_help(status: Status, answers: str) -> None:
    for answer in answers.replace("2>1 ", "").split():
        found = checked(answer)
        assert (answer, found.status) == (answer, status)
        assert (found.said == "") == (status is Status.FINE)
        assert (found.value is not None) == (status is Status.FINE)


def test_an_answer_never_runs_a_program() -> None:
    for answer in ("for i in range(10**9): x = i", "grad z", "x = ?", "f(a) = a", "1 < 2"):
        assert checked(answer).status is Status.WRONG
    assert "not a real number" in checked("1/0").said
    assert "is not finished" in checked("1e").said


def test_an_answer_may_be_computed_from_the_sessions_values() -> None:
    known = {"y": 3.0, "speed": -0.5, "small": True, "pi": 3.0}
    for answer, value in (("y/2", 1.5), ("-speed", 0.5), ("2*speed + y", 2.0), ("pi", 3.0), ("sin(0)", 0.0)):
        assert checked(answer, known).value == value
    assert checked("spe", known).status is Status.UNFINISHED
    assert checked("z/2", known).status is Status.WRONG
    assert checked("small", known).status is Status.WRONG
    assert checked("y; y", known).status is Status.WRONG
    assert checked("y/2").status is Status.WRONG


def test_a_decimal_comma_is_told_what_to_write() -> None:
    assert checked("-4,25").said == "a number has a decimal point, not a comma: -4.25"


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("name", "backgrounds", "least"),
    [("dark", ("#000000", "#1e1e1e"), 4.0), ("light", ("#ffffff",), 4.0), ("both", ("#000000", "#ffffff"), 3.8)],
)
def test_colours_can_be_read_on_their_background(name: str, backgrounds: tuple[str, ...], least: float) -> None:
    for number in THEMES[name].values():
        assert min(contrast(rgb(number), each) for each in backgrounds) >= least, (name, number, rgb(number))


def test_the_terminals_answer_is_taken_out_of_what_is_typed() -> None:
    class Keys:
        def __init__(self) -> None:
            self.heard = ""

        def feed(self, data: str) -> None:
            self.heard += data

    for pieces in (
        ["ab\x1b]11;rgb:ffff/ffff/ffff\x1b\\c"],
        ["a", "b\x1b]11;rgb:ff/ff", "/ff\x07", "c"],
        ["ab\x1b]11", ";rgb:fafa/fafa/fafa\x1b", "\\c"],
    ):
        keys, told = Keys(), []
        Listener(keys, told.append)
        for piece in pieces:
            keys.feed(piece)
        assert (keys.heard, told) == ("abc", ["light"])
    assert theme("\x1b]11;rgb:1e1e/1e1e/2e2e\x07") == "dark"
    assert theme("anything") == ""


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("COLORFGBG", "15;0", "dark"),
        ("COLORFGBG", "0;default;15", "light"),
        ("COLORFGBG", "0;default", ""),
        ("AD_COLOURS", "light", "light"),
        ("AD_COLOURS", "purple", ""),
    ],
)
def test_the_environment_may_say_what_the_background_is(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, found: str
) -> None:
    monkeypatch.delenv("COLORFGBG", raising=False)
    monkeypatch.delenv("AD_COLOURS", raising=False)
    monkeypatch.setenv(name, value)
    assert of_environment() == found


def test_what_is_copied_and_what_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    for name in ("SSH_CONNECTION", "SSH_TTY", "TERM_PROGRAM", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(clipboard, "_by_library", lambda text: False)
    assert "does not say whether" in clipboard.copy("z = 1", written.append)
    assert written.pop() == "\x1b]52;c;eiA9IDE=\x07"
    monkeypatch.setenv("TERM", "screen")
    clipboard.copy("z = 1", written.append)
    assert written.pop().startswith("\x1bP\x1b]52;")
    monkeypatch.setenv("TERM", "linux")
    assert clipboard.copy("z = 1", written.append).startswith("not copied")
    monkeypatch.setenv("TERM", "xterm")
    assert clipboard.copy("z" * 100_000, written.append).startswith("not copied: 100,000 bytes")
    monkeypatch.setattr(clipboard, "_by_library", lambda text: True)
    assert clipboard.copy("z = 1", written.append) == "copied to the clipboard"
    assert not written


def journal(*texts: str) -> Journal:
    """A journal in which texts ran; every input is 2."""
    made = Journal(lang.Session(answer="ans", ask=lambda name, default: 2.0))
    for text in texts:
        assert made.run(text + "\n").error is None
    return made


@pytest.mark.parametrize(
    ("texts", "name", "value", "program"),
    [
        (["x = 3", "x += 1", "y = x * 2"], "x", 5.0, "x = 3\nx = 5\ny = x * 2\n"),
        (["p, q = 1, 2", "z = p * q"], "q", 5.0, "p, q = 1, 5\nz = p * q\n"),
        (["def g(a):\n    return a, a + 1", "p, q = g(3)"], "q", -5.0,
         "def g(a):\n    return a, a + 1\np, q = g(3); q = -5\n"),
        (["x = 1; y = x; x = 2"], "x", 9.0, "x = 1; y = x; x = 9\n"),
        (["x = ?", "z = x**2"], "x", 9.0, "x = ? 9\nz = x**2\n"),
        (["x = ? 3; z = x**2"], "x", 9.0, "x = ? 9; z = x**2\n"),
    ],
)  # fmt: skip
def test_set_changes_the_last_line_that_gives_a_name_its_value(
    texts: list[str], name: str, value: float, program: str
) -> None:
    made = journal(*texts)
    before = dict(made.session.values)
    assert made.set(name, value).values[name] == value
    assert made.program() == program
    again = lang.Session()
    assert again.run(program).error is None
    assert dict(again.values) == dict(made.session.values)
    assert made.undo() == f":set {name} {value:g}"
    assert made.session.values == before


def test_set_says_where_it_cannot_or_a_loop_goes_on() -> None:
    made = journal("s = 0", "for i in range(3):\n    s += i", "f(a) = a")
    found = made.set("s", 10.0)
    assert (found.values, found.remark) == ({"s": 13.0}, "`for i in range(3):` goes on from there with `s`")
    for name, message in (("i", "only `for i"), ("f", "is a function"), ("w", "nothing gives")):
        with pytest.raises(lang.AdError, match=message):
            made.set(name, 1.0)
    before = dict(made.session.values)
    assert made.run("t = log(s)\n").error is None
    with pytest.raises(lang.AdError, match="not a real number"):
        made.set("s", -13.0)
    assert dict(made.session.values) == {**before, "t": made.session.values["t"]}


def test_what_is_watched_is_worked_out_once_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    made, watch, count = journal("x = ?", "z = x**3"), watching.Watch(), 0
    recipe = made.session.recipe

    def counted() -> object:
        nonlocal count
        count += 1
        return recipe()

    monkeypatch.setattr(made.session, "recipe", counted)
    monkeypatch.setattr(watching, "SECONDS", 60.0)  # however slow the machine is
    watch.names = ("z",)
    for _ in range(5):
        watch.look(made.session, made.version)
        made.run("z + 1\n")  # shows something, and changes nothing
    assert count == 1
    assert "".join(piece[1] for piece in watch.pieces) == "  z = 8  dz/dx = 12"
    made.run("z = x\n")
    watch.look(made.session, made.version)
    assert count == 2


def test_a_gradient_that_takes_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "SECONDS", 1e-3)
    made = journal("x = ?", "z = x\nfor i in range(30000):\n    z = sin(z) + z / 2")
    watch = watching.Watch()
    watch.names = ("z",)
    watch.look(made.session, made.version)
    said = "".join(piece[1] for piece in watch.pieces)
    assert said.startswith("  z = ")
    assert "takes too long" in said


def test_a_fault_is_told_once() -> None:
    faults = Faults()

    def wrong(number: int) -> int:
        raise ValueError(f"no\n{number}")

    safe = faults.guarded(wrong, lambda number: -number)
    assert [safe(1), safe(1), safe(2)] == [-1, -1, -2]
    assert faults.tell() == ["ValueError: no 1", "ValueError: no 2"]
    assert faults.tell() == []
    safe(1)
    assert faults.tell() == []


def test_functions_that_rules_are_made_of_are_offered_when_nearly_typed() -> None:
    parts = [each.name for each in table().primitives if each.part]
    assert parts
    for name in parts:
        for count in range(1, len(name) + 1):
            offered = name in {each.text for each in assist.completion(name[:count], count).items}
            assert offered == (count >= len(name) - 2), name[:count]
    used = {each.name for each in table().primitives if not each.part}
    assert {"sin", "sech", "polygamma", "gelu"} <= used


def told(lesson: Lesson) -> list[str]:
    """The pieces of code in a lesson's words."""
    return re.findall("`([^`]+)`", f"{lesson.text} {lesson.after}")


def test_every_line_of_the_tour_runs_and_what_its_words_say_is_so() -> None:
    made = journal()
    made.session.ask = lambda name, default: 2.0 if default is None else default
    for lesson in LESSONS:
        if lesson.type.startswith(":set"):
            assert made.set("x", 0.5).values["x"] == 0.5
        elif not lesson.type.startswith(":"):
            assert made.run(lesson.type + "\n").error is None
        assert all(word in lesson.type.replace(" ", "") for word in lesson.wants)
        for code in told(lesson):
            assert is_sound(code, made.session), code
        for derivative, code in re.findall(r"dz/d(\w) is `([^`]+)`", lesson.after):
            if not code.startswith("g"):
                assert value(made.session, f"grad z wrt {derivative}") == value(made.session, code)
        for prime, code in re.findall(r"`(f'+)\(t\)` is `([^`]+)`", lesson.after):
            assert value(made.session, f"{prime}(2)") == value(made.session, code.replace("t", "2"))
    assert value(made.session, "2 * x") == 1.0


def value(session: lang.Session, code: str) -> float:
    """What a line answers."""
    (shown,) = session.run(code).shown
    return float(shown.values[0] if isinstance(shown, Shown) else shown.pieces[0].rows[-1][1])


def is_sound(code: str, session: lang.Session) -> bool:
    """Is it a command of the prompt, something there is help for, a command in a shell, or text of the language?"""
    if code.startswith(":"):
        return code[1:].split()[0] in {each.name for each in COMMANDS}
    if code.startswith("?") and len(code) > 1:
        return assist.inspect(code[1:], session) is not None
    if code.startswith("ad "):
        return code.split()[1] in registry.names()
    return code == "?" or bool(parse(Source(code)).body)


def test_the_last_words_of_the_tour_are_sound_too() -> None:
    assert all(is_sound(code, lang.Session()) for code in re.findall("`([^`]+)`", LAST))


def test_a_system_without_termios_runs_programs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "termios", None)
    with Editor.quiet(object.__new__(Editor)):
        ran = True
    assert ran
