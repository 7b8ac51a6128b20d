"""The REPL as a person sees it: keys in a pseudo-terminal, screens as golden files (`tests/cases/screens/`)."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pexpect", reason="a pseudo-terminal needs pexpect")
pytest.importorskip("pyte", reason="the screens are read by pyte")

from tests.terminal import Terminal

SCREENS = Path(__file__).parent / "cases" / "screens"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def ad(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    terminal: Terminal = Terminal(**getattr(request, "param", {}))
    terminal.wait("ad>")
    terminal.wait(":help")
    yield terminal
    terminal.child.close(force=True)


def seen(request: pytest.FixtureRequest, terminal: Terminal, name: str) -> None:
    """Compare a screen with its file, or write it with `--update`."""
    path, text = SCREENS / f"{name}.txt", terminal.text()
    if request.config.getoption("--update"):
        SCREENS.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


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
    ad.type("\x15x = 1  # si")
    assert "dc =" not in ad.text()
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
    ad.type("while 1 < 2:\rw = 1\r\r", prompted=False)
    ad.child.sendintr()
    ad.wait("stopped")
    ad.type("x, 1\r", "x, 1 = 3, 1")
    assert "stopped" in ad.text()
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
    ad.type(f":reset\r:load {saved}\r", "x = ")


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


def test_a_dumb_terminal_reads_lines() -> None:
    terminal = Terminal(TERM="dumb")
    terminal.wait("ad>")
    terminal.type("x = ?\r")
    terminal.type("2\r")
    terminal.type("for i in range(2):\r    x += i\r\r", "x = 3")
    assert "\x1b" not in terminal.text()
    assert terminal.close() == 0


def test_history_is_kept_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for again in (False, True):
        terminal = Terminal(AD_HISTORY=str(path))
        terminal.wait(":help")
        if again:
            terminal.type("for\x1b[A", "s += i")
            assert "... " in terminal.text()
            terminal.child.close(force=True)
        else:
            terminal.type("s = 0\rfor i in range(3):\rs += i\r\r", "s = 3")
            terminal.type("s\r")
            assert terminal.close() == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_tour_can_be_finished_by_enter_alone(request: pytest.FixtureRequest) -> None:
    from lang.repl.lessons import LESSONS

    terminal = Terminal("tour", lines=40)
    terminal.wait(LESSONS[0].type)
    seen(request, terminal, "tour")
    for at, lesson in enumerate(LESSONS):
        terminal.type("\r")
        if "?" in lesson.type:
            terminal.type("2\r" if "? " not in lesson.type else "\r")
        terminal.wait(f"{at + 2}/{len(LESSONS)}" if at + 1 < len(LESSONS) else "That was it")
    assert terminal.close() == 0
