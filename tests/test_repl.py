"""The REPL as a person sees it: keys in a pseudo-terminal, screens as golden files (`tests/cases/screens/`)."""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("pexpect", reason="a pseudo-terminal needs pexpect")
pytest.importorskip("pyte", reason="the screens are read by pyte")

import pexpect

from tests.terminal import Terminal

SCREENS = Path(__file__).parent / "cases" / "screens"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def ad(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal: Terminal = Terminal(**getattr(request, "param", {}))
    terminal.ready()
    yield terminal
    terminal.child.close(force=True)


def seen(request: pytest.FixtureRequest, terminal: Terminal, name: str) -> None:
    """Wait for the screen of a file, or write it with `--update`."""
    path = SCREENS / f"{name}.txt"
    if request.config.getoption("--update"):
        terminal.settle()
        SCREENS.mkdir(exist_ok=True)
        path.write_text(terminal.text(), encoding="utf-8")
    wanted = path.read_text(encoding="utf-8")
    with suppress(AssertionError):  # the comparison below shows the difference
        terminal.until(lambda: terminal.text() == wanted, name)
    assert terminal.text() == wanted


@pytest.mark.parametrize("ad", [{"lines": 40}], indirect=True)
def test_a_first_session(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("x = ?\r", "a number, please")
    ad.type("2\r")
    ad.type("y = ? 3\r", "Enter takes it")
    ad.type("\r", "y = 3")
    ad.type("z = x * y + sin(x)\r", "z = 6.9")
    ad.type("grad z\r", "dz/dy")
    ad.type("z / 2\r", "z / 2 =")
    ad.type("grad ans\r", "dans/dy")
    ad.type("forward z\r", "dz = ")
    assert ad.colour("dt2") == "green"
    seen(request, ad, "first_session")
    assert ad.close() == 0


def test_the_menu_shows_rules_and_the_toolbar_the_head(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("z = hypot(3, ")
    ad.type("s", "dc = cos(a) * da")
    seen(request, ad, "menu")
    ad.type("\x15x = 1  # si", "# si")
    ad.gone("dc =")
    ad.type("\x15\\alph\t = 3\r", "α = 3")


def test_an_error_changes_nothing(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("x = 3\r", "x = 3")
    ad.type("x = sine(x)\r", "did you mean")
    ad.type("x = log(-1)\r", "not a real number")
    ad.type("x\r")
    seen(request, ad, "error")


def test_a_function_of_several_lines(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("def larger(a, b):\r")
    ad.type("if a > b:\rreturn a\relse:\rreturn b\r\r")
    ad.type("larger(2, 3), larger'[b](2, 3)\r", "= 3, 1")
    ad.type("y = (1 +\r2)\r", "y = 3")
    seen(request, ad, "function")


def test_an_input_that_is_no_number_is_told_while_it_is_typed(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("a = 1\r", "a = 1")
    ad.type("x = ?\r", "a number, please")
    ad.type("two")
    ad.wait("a number is needed here")
    seen(request, ad, "missing_input")
    ad.type("\x03", "stopped")
    ad.type("x\r", "I don't know the name `x`")


def test_a_pasted_session_loses_its_prompts_and_answers(ad: Terminal, request: pytest.FixtureRequest) -> None:
    text = "ad> s = 0\ns = 0\nad> for i in range(3):\n...     s += i\n... \ns = 3\nad> s\ns = 3\n"
    ad.type(f"{PASTE}{text}{PASTED}")
    ad.type("\r", "s = 3")
    seen(request, ad, "paste")


def test_ctrl_c_stops_a_run_and_nothing_else(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("x = 3\r", "x = 3")
    ad.type(":engine interpreter\r", "engine: interpreter")  # machine code would come to the limit of steps too soon
    ad.press("while 1 < 2:\rw = 1\r\r")
    ad.until(lambda: "w = 1\n..." in ad.text() and ad.screen.cursor.x == 0, "a running loop")
    time.sleep(0.5)  # it runs; Ctrl-C at every moment before that is tested with the keys
    ad.interrupt()
    ad.wait("stopped")
    ad.type("x, 1\r", "x, 1 = 3, 1")
    seen(request, ad, "interrupt")
    assert ad.close() == 0


def test_commands(ad: Terminal, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    saved = tmp_path / "s.ad"
    ad.type("x = ?\r", "a number, please")
    ad.type("2\r")
    ad.type("z = x**2\r", "z = 4")
    ad.type(":watch z\r", "dz/dx = 4")
    ad.type(":set x 3\r", "dz/dx = 6")
    ad.type("w = z + 1\r", "w = 10")
    ad.type(":undo\r", "undone: w = z + 1")
    ad.type(":redo\r", "done again")
    ad.type(f":save {saved}\r", "saved to")
    ad.type(":reste\r", "did you mean `:reset`?")
    ad.type(":precision 3\r", "3 digits")
    ad.type("z / 7\r", "= 1.29")
    ad.type("tanh?\r", "dc = (1 - c**2) * da")
    assert saved.read_text() == "x = ? 3\nz = x**2\nw = z + 1\n"
    ad.press(f":reset\r:load {saved}\r")
    ad.wait("x = 3   Enter takes it")
    ad.type("\r", "w = 10\nad>")
    ad.press(":quit\r")
    assert ad.ended() == 0


@pytest.mark.parametrize("ad", [{"columns": 40}], indirect=True)
def test_forty_columns_and_wide_characters(ad: Terminal, request: pytest.FixtureRequest) -> None:
    ad.type("速度 = ? 2\r", "Enter takes it")
    ad.type("\r")
    ad.type("θ = ? 1\r", "Enter takes it")
    ad.type("\r")
    ad.type("z = exp(速度) * θ**2\r", "z = ")
    ad.type("hessian z\r", "/dθ")
    seen(request, ad, "narrow")


@pytest.mark.parametrize("ad", [{"NO_COLOR": "1"}], indirect=True)
def test_without_colours(ad: Terminal) -> None:
    ad.type("x = 3\r", "x = 3")
    assert {ad.colour(word) for word in ("ad>", "x", "3")} == {"default"}
    ad.type(":copy\r", "handed to the terminal")
    assert b"\x1b]52;c;eCA9IDM=\x07" in ad.sent  # copying needs no colours
    assert b"\x1b]11;?" not in ad.sent


def test_a_dumb_terminal_reads_lines() -> None:
    terminal = Terminal(TERM="dumb")
    terminal.wait("ad>")
    terminal.type("x = ?\r")
    terminal.type("2\r")
    terminal.type("for i in range(2):\r    x += i\r\r", "x = 3")
    assert "\x1b" not in terminal.text()
    assert terminal.close() == 0


@pytest.mark.parametrize("word", ["exit", "quit()"])
def test_other_prompts_words_for_leaving_leave(word: str) -> None:
    terminal = Terminal()
    terminal.ready()
    terminal.press(f"{word}\r")
    terminal.child.expect(pexpect.EOF)


def test_history_is_kept_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for again in (False, True):
        terminal = Terminal(AD_HISTORY=str(path))
        terminal.ready()
        if again:
            terminal.type("for\x1b[A", "...     s += i")
            terminal.child.close(force=True)
        else:
            terminal.type("s = 0\rfor i in range(3):\rs += i\r\r", "s = 3")
            terminal.type("s\r")
            assert terminal.close() == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("place", ["a folder", "a file that is no text", "nowhere to write"])
def test_a_history_that_cannot_be_kept_is_no_trouble(tmp_path: Path, place: str) -> None:
    path = tmp_path / "history"
    if place == "a folder":
        path.mkdir()
    elif place == "a file that is no text":
        path.write_bytes(b"+\xff\xfe\x00x = 1\n#\n\n\x00\x00+y\n" * 3)
    else:
        path = tmp_path / "none" / "at" / "all"
    terminal = Terminal(AD_HISTORY=str(path))
    terminal.ready()
    terminal.type("x = 4\r", "x = 4\nad>")
    assert terminal.close() == 0


def test_without_a_home_nothing_is_written_anywhere(tmp_path: Path) -> None:
    code = (
        f"import os, sys; os.chdir({str(tmp_path)!r}); sys.path.insert(0, {str(Path(__file__).parent.parent)!r})\n"
        "for name in ('HOME', 'AD_HISTORY', 'XDG_STATE_HOME'): os.environ.pop(name, None)\n"
        "import pwd\ndef nobody(number): raise KeyError(number)\npwd.getpwuid = nobody\n"
        "from lang.repl import repl; repl({})"
    )
    terminal = Terminal(program=(sys.executable, "-c", code))
    terminal.ready()
    terminal.type("x = 4\r", "x = 4\nad>")
    assert terminal.close() == 0
    assert not list(tmp_path.iterdir())


FAULTS = """
import sys, lang.assist.highlight, lang.repl.keys as keys, lang.repl.telling as telling
from lang.repl import repl
from lang.repl.editor import Editor
told = telling.told
def fail(what):
    def failing(*given, **named):
        raise RuntimeError("no " + what)
    return failing
def answer(outcome, *rest):
    if "bad" in outcome.values:
        raise RuntimeError("no answers")
    return told(outcome, *rest)
"""


def faulty(patch: str) -> Terminal:
    """A REPL in which something of it fails."""
    terminal = Terminal(program=(sys.executable, "-c", f"{FAULTS}{patch}\nrepl({{}})"))
    terminal.until(terminal.asks, "a prompt")
    return terminal


def test_a_fault_of_the_repl_loses_nothing_and_is_told_once() -> None:
    ad = faulty(
        "sys.modules['lang.assist.highlight'].line_marks = fail('colours'); lang.assist.completion = fail('menu')\n"
        "Editor._head = fail('toolbar'); keys.goes_on = fail('Enter'); telling.told = answer\n"
    )
    ad.type("w = 1\r", "w = 1\n")  # the language is there, and colours what comes next
    ad.type("x = 3\r", "x = 3\n")
    ad.until(lambda: all(f"RuntimeError: no {word}" in ad.text() for word in ("colours", "menu", "toolbar", "Enter")),
             "the faults")  # fmt: skip
    ad.until(ad.asks, "a prompt")
    ad.clear()
    ad.type("bad = 2\r", "RuntimeError: no answers")
    ad.type("x + bad\r", "x + bad = 5")
    assert "menu" not in ad.text()
    assert "Traceback" not in ad.text()
    assert ad.close() == 0


def test_where_the_line_editor_fails_lines_are_read_without_it() -> None:
    ad = faulty("Editor.read = fail('editor')\n")
    assert "lines are read without it" in ad.text()
    ad.type("x = 3\r", "x = 3\nx = 3\n")
    ad.type("x * 2\r", "= 6")
    assert "Traceback" not in ad.text()


def test_colours_follow_the_background() -> None:
    ad = Terminal(AD_COLOURS="")
    ad.ready()
    assert b"\x1b]11;?" in ad.sent
    ad.type("x = sin(1)", "sin(1")
    ad.until(lambda: ad.colour("sin(1") == "0087d7", "a blue for an unknown background")
    ad.press("\x1b]11;rgb:ffff/ffff/f0f0\x1b\\")
    ad.until(lambda: ad.colour("sin(1") == "005faf", "a blue for a light background")
    ad.type("\r", "ad>")
    assert "rgb" not in ad.text()
    ad.type(":colours\r", "colours: auto, the background is light")
    ad.type(":colours dark\r", "colours: dark")
    ad.type("y = cos(1)", "cos(1")
    ad.until(lambda: ad.colour("cos(1") == "5fafff", "a blue for a dark background")
    ad.type("\x03", "ad>")
    ad.type(":colours none\r", "colours: none")
    ad.type("z = tan(1)", "tan(1")
    ad.until(lambda: ad.colour("tan(1") == "default", "no blue")
    ad.child.close(force=True)


def test_a_stopped_repl_goes_on_where_it_was() -> None:
    ad = Terminal(program=("/bin/sh", "-i"), PS1="sh> ", LANG_COMMAND=f"{sys.executable} -m lang")
    ad.wait("sh>")
    ad.type("$LANG_COMMAND\n", "ad>")
    ad.ready()
    ad.type("x = 3\r", "x = 3\nad>")
    ad.press("\x1a")
    ad.until(lambda: ad.line().startswith("sh>"), "the shell")
    ad.press("fg\n")
    ad.until(lambda: ad.line() == "ad>", "the prompt again")
    ad.type("x * 2\r", "= 6")
    ad.child.close(force=True)


def test_more_output_than_a_screen_holds() -> None:
    ad = Terminal(lines=24)
    ad.ready()
    ad.type("x = ? 1\r", "takes it")
    ad.type("\r", "x = 1\nad>")
    ad.type(f"{PASTE}{''.join(f'v{at} = x + {at}{chr(10)}' for at in range(3000))}{PASTED}", "v2999")
    ad.type("\r", "v2999 = 3000\nad>")
    ad.type("forward v7 wrt x\r", "dv7 = dx")
    assert ad.close() == 0


def test_pipes_are_no_terminal() -> None:
    import subprocess

    made = subprocess.run([sys.executable, "-m", "lang"], input="x = 2\nx * 3\n", capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert (made.returncode, made.stdout, made.stderr) == (0, "x * 3 = 6\n", "")


def test_a_newcomer_finishes_the_tour(request: pytest.FixtureRequest) -> None:
    """Typing what is shown, with a slip here and a question there; Enter alone now and then."""
    from lang.repl.lessons import LESSONS

    ad = Terminal("tour", lines=40)
    ad.wait(f"ad> {LESSONS[0].type}")
    seen(request, ad, "tour")
    ad.press("b = sine(2)\r")
    ad.wait("did you mean `sin`?")
    for at, lesson in enumerate(LESSONS):
        ad.until(lambda line=f"ad> {lesson.type}   Enter types it": ad.line().startswith(line), lesson.title)
        if at == 3:
            ad.press("?sin\r")
            ad.wait("dc = cos(a) * da")
            ad.until(lambda: ad.line().startswith("ad> b = sin(x)   Enter"), "the same lesson")
        ad.press("\r" if at % 3 == 1 else ":skip\r" if lesson.title == "a corner" else f"{lesson.type}\r")
        if "?" in lesson.type:
            ad.wait("Enter takes it" if "? " in lesson.type else "a number, please")
            ad.press("\r" if "? " in lesson.type else "2\r")
        ad.wait(f"{at + 2}/{len(LESSONS)}  " if at + 1 < len(LESSONS) else "That was it")
    ad.until(ad.asks, "a prompt")
    seen(request, ad, "tour_end")
    assert ad.close() == 0


@pytest.mark.parametrize("variables", [{"columns": 40}, {"NO_COLOR": "1", "columns": 40}, {"TERM": "dumb"}])
def test_the_tour_begins_anywhere(variables: dict[str, str]) -> None:
    ad = Terminal("tour", **variables)  # type: ignore[arg-type]
    ad.wait("x = ?")
    ad.until(lambda: ad.line().startswith("ad>"), "a prompt")
    ad.press("\r")
    ad.until(lambda: ad.line().startswith("x ="), "the question")
    ad.press("2\r")
    ad.wait("2/16")
    assert ("`:set x 2.5`" in ad.text()) == (variables != {"columns": 40})
