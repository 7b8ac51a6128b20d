"""Keys and commands at the prompt, one after another in one process: what each does to the screen."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pexpect", reason="a pseudo-terminal needs pexpect")
pytest.importorskip("pyte", reason="the screens are read by pyte")

from tests.terminal import Terminal

PASTE, PASTED = "\x1b[200~", "\x1b[201~"
UP, RIGHT, LEFT, HOME, ALT_ENTER = "\x1b[A", "\x1b[C", "\x1b[D", "\x01", "\x1b\r"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One process for all tests of this file, with an editor that appends a line to what it is given."""
    folder = tmp_path_factory.mktemp("prompt")
    script = folder / "edit.py"
    script.write_text("import sys; open(sys.argv[1], 'a', encoding='utf-8').write(open(__file__ + '.more').read())\n")
    terminal = Terminal(EDITOR=f"{sys.executable} {script}", SCRIPT=str(script))
    terminal.more = Path(f"{script}.more")  # type: ignore[attr-defined]
    terminal.ready()
    yield terminal
    terminal.child.close(force=True)


@pytest.fixture
def ad(shared: Terminal) -> Terminal:
    """The shared process with an empty session and a bare screen."""
    shared.clear()
    shared.type(":reset\r", "forgotten")
    shared.clear()
    return shared


def test_alt_enter_begins_a_line_where_enter_would_run(ad: Terminal) -> None:
    ad.type("x = 1" + ALT_ENTER, "...")
    ad.type("y = x + 1\r", "y = 2")
    assert "... y = x + 1" in ad.text()


def test_brackets_that_belong_together_are_marked(ad: Terminal) -> None:
    ad.type("(1 + (2 * 3))", "3))")
    ad.press(LEFT)
    ad.until(lambda: ad.letter("(1").underscore and not ad.letter("(2").underscore, "the outer bracket underlined")
    ad.press(LEFT)
    ad.until(lambda: ad.letter("(2").underscore and not ad.letter("(1").underscore, "the inner bracket underlined")


def test_the_grey_text_of_history_is_taken_by_the_right_arrow(ad: Terminal) -> None:
    ad.type("speed = 12.5\r", "speed = 12.5\nad>")
    ad.type("spe", "speed = 12.5\nspeed = 12.5\nad> speed = 12.5")
    assert ad.colour("ed = 12.5") == "brightblack"
    ad.type(RIGHT)
    ad.until(lambda: ad.colour("12.5") == "cyan", "the number in its own colour")
    ad.type("\r", "ad> speed = 12.5\nspeed = 12.5\nad>")


def test_up_finds_what_begins_alike_while_the_menu_still_comes(ad: Terminal) -> None:
    ad.type("alpha = 3\r", "alpha = 3\nad>")
    ad.type("bravo = 4\r", "bravo = 4\nad>")
    ad.type("al", "= 3\n")
    ad.wait("alpha  = 3")
    ad.press("\x03")
    ad.gone("α")
    ad.type("alp" + UP, "ad> alpha = 3\n\n")
    assert ad.line() == "ad> alpha = 3"


def test_ctrl_r_searches(ad: Terminal) -> None:
    ad.type("first = 1\r", "first = 1\nad>")
    ad.type("other = 2\r", "other = 2\nad>")
    ad.type("\x12", "search")
    ad.press("fir")
    ad.wait("other = 2\nad> first = 1\n")
    ad.press("\r")
    ad.gone("search")
    ad.press("\x055\r")  # Ctrl-E
    ad.wait("ad> first = 15\nfirst = 15\nad>")


def test_emacs_keys_move_and_cut(ad: Terminal) -> None:
    ad.type("1 + 2", "1 + 2")
    ad.press(HOME + "\x0b")  # Ctrl-A, Ctrl-K
    ad.until(lambda: ad.line() == "ad>", "an empty line")
    ad.type("\x19\x19", "1 + 21 + 2")  # Ctrl-Y twice
    ad.type("\r", "= 24")


def test_vi_keys_and_their_mode_in_the_toolbar(ad: Terminal) -> None:
    ad.type(":vi\r", "  insert")
    ad.type("x = 4", "ad> x = 4")
    ad.type("\x1b", "  normal")
    ad.type("r5", "x = 5")
    ad.type("i")
    ad.wait("  insert")
    ad.type("\r", "x = 5\nad>")
    ad.type("y = 1:", "1:")  # a colon is a letter while one types
    ad.type("\x1bx")
    ad.until(lambda: ad.line() == "ad> y = 1", "the colon deleted")
    ad.type("\r", "y = 1\nad>")
    ad.type(":vi\r", "emacs keys")
    ad.gone("  insert")


def test_names_nobody_knows_are_marked_and_derivatives_stand_out(ad: Terminal) -> None:
    ad.type("x = 1; dx = 2\r", "dx = 2\nad>")
    ad.type("y = nobody + dx * day ", "day")
    ad.until(lambda: ad.letter("nobody").underscore and ad.colour("nobody") == "red", "the unknown name marked")
    assert ad.colour("dx * day") == "green"
    assert ad.letter("day").underscore


def test_an_input_asked_again_suggests_its_last_value(ad: Terminal) -> None:
    ad.type("x = ?\r", "a number, please")
    ad.type("2.5\r", "x = 2.5\nad>")
    ad.type("x = ?\r", "x = 2.5   Enter takes it")
    ad.type("\r", "x = 2.5\nad>")
    ad.type("x = ?\r", "Enter takes it")
    ad.type("\x1b[A", "x = 2.5")  # Up: what was answered before
    ad.press("0\r")
    ad.wait("x = 2.50\nad>")
    ad.type("x\r", "x = 2.5\nad>")


def test_the_session_can_be_looked_at(ad: Terminal) -> None:
    ad.type(":names\r", "nothing yet")
    ad.type("speed = 2\r", "speed = 2\nad>")
    ad.type("f(a) = a**2\r", "ad> f(a) = a**2\nad>")
    ad.type(":names\r", "speed = 2\nf(a)\nad>")
    ad.type(":program\r", "speed = 2\nf(a) = a**2\nad>")
    ad.type(":help speed\r", "speed = 2")
    ad.type("f?\r", "f(a)\n\nf(a) = a**2")
    ad.clear()
    ad.type("?sin\r", "sin(0.5), sin'(0.5)")
    ad.type(":help :watch\r", "keep z and its gradient below the prompt")
    ad.type("?pi\r", "a constant")
    ad.type("?while\r", "while")


def test_a_pasted_program_is_run_by_one_enter(ad: Terminal) -> None:
    ad.type(f"{PASTE}def f(x):\n    y = x * x\n    return y{PASTED}", "return y")
    ad.type("\r", "return y\nad>")
    ad.type("f'(3)\r", "= 6")
    ad.type(f"{PASTE}x = 1\nif x > 0:\n    x = 2\n{PASTED}\r", "x = 2\nad>")
    ad.type(f"{PASTE}for i in range(3):{PASTED}\r", "...")
    ad.type("x += i\r\r", "x = 5")


def test_a_program_pasted_as_if_it_were_typed_keeps_its_indents(ad: Terminal) -> None:
    ad.press("def f(a):\r    s = 0\r    if a > 0:\r        s = a\r    return s\r\rf(3)\r")
    ad.wait("f(3) = 3")
    assert "...     if a > 0:\n...         s = a\n...     return s\n" in ad.text()
    ad.clear()
    ad.press("if f(1) > 0:\r\tu = 1\relse:\r\tu = 2\r\r")
    ad.wait("u = 1\nad>")


def test_a_long_paste_that_no_terminal_announces_is_one_entry(ad: Terminal) -> None:
    lines = [f"a{at} = 2 * x   # a comment that makes this line a little longer" for at in range(60)]
    ad.press("\r".join(["x = ? 1.5", *lines, "if x > 1:", "    z = a59", "else:", "    z = 0", "", "grad z", ""]))
    ad.wait("x = 1.5   Enter takes it")
    ad.type("\r", "dz/dx = 2\nad>")
    ad.type(":undo\r", "undone: x = ? 1.5")


def test_commands_of_the_prompt_may_stand_in_what_is_pasted(ad: Terminal) -> None:
    copied = "ad> x = 3\nx = 3\nad> z = x**2\nz = 9\nad> :set x 2\nx = 2\nz = 4\nad> z + 1"
    ad.type(f"{PASTE}{copied}{PASTED}", "z + 1")
    ad.type("\r", "x = 2\nz = 4\nz + 1 = 5\nad>")
    ad.press("y = 1\r:undo\ry\r")
    ad.wait("I don't know the name `y`")
    ad.clear()
    ad.press("u = 1\rlog(-1)\r:set x 5\rx\r")
    ad.wait("log(-1) is not a real number")
    ad.clear()
    ad.type("x\r", "x = 2\nad>")


def test_a_timed_statement_is_completed_like_any_other(ad: Terminal) -> None:
    ad.type(":time gra", "the computation graph")
    ad.press("d")
    ad.until(lambda: ad.line() == "ad> :time grad", "the verb")
    ad.clear()
    ad.type("speed = 2\r", "speed = 2\nad>")
    ad.type(":time spe\t", ":time speed")
    ad.type("\r", " ms")


def test_words_of_other_prompts_do_what_they_say(ad: Terminal) -> None:
    ad.type("help sin\r", "dc = cos(a) * da")
    ad.clear()
    ad.type("help(cos)\r", "dc = -sin(a) * da")
    ad.clear()
    ad.type("help = 3\r", "help = 3\nad>")
    ad.type("help\r", "ad> help\nhelp = 3")


def test_an_answer_can_be_computed_from_what_is_there(ad: Terminal) -> None:
    ad.type("a = 3\r", "a = 3\nad>")
    ad.type("b = ?\r", "a number, please")
    ad.type("a/2\r", "b = a/2\nad>")
    ad.type("b\r", "b = 1.5")
    ad.type(":set b a*a\r", "b = 9")


def test_a_block_ends_at_a_blank_line_and_else_moves_out(ad: Terminal) -> None:
    ad.type("if 1 < 2:\ry = 1\relse:\ry = 2\r", "... \x20   y = 2\n...")
    assert "... else:" in ad.text()
    ad.type("\r", "y = 1\nad>")


def test_commands_are_completed_and_files_and_choices(ad: Terminal, tmp_path: Path) -> None:
    (tmp_path / "lesson.ad").write_text("z = 7\n")
    ad.type(":kin", "note, error or silent")
    ad.press("\t")
    ad.until(lambda: ad.line() == "ad> :kinks", "the command")
    ad.type(" s\t", "silent")
    ad.type("\r", "kinks: silent")
    ad.type(":kinks note\r", "kinks: note")
    ad.type(f":load {tmp_path}/le", "lesson.ad")
    ad.press("\t")
    ad.until(lambda: "lesson.ad" in ad.text().replace("\n", ""), "the file's name")
    ad.type("\r", "z = 7\nad>")


def test_the_program_in_another_editor(ad: Terminal) -> None:
    more: Path = ad.more  # type: ignore[attr-defined]
    more.write_text("y = x * 2\n")
    ad.type("x = 3\r", "x = 3\nad>")
    ad.type(":edit\r", "y = 6")
    more.write_text("y = 1/0\n")
    ad.type(":edit\r", "the session is as it was;")
    ad.type("x + y\r", "x + y = 9")
    more.write_text("")  # the text that did not run is there again
    ad.type(":edit\r", "nothing has changed")
    more.write_text("w = 4\n")
    ad.clear()
    ad.type(":edit\r", "1/0")  # its error again
    ad.clear()
    script = more.with_suffix("")
    script.rename(script.with_suffix(".away"))  # the editor fails
    ad.type(":edit\r", "nothing has changed")
    script.with_suffix(".away").rename(script)


def test_a_file_is_not_overwritten_by_mistake(ad: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "mine.ad"
    path.write_text("w = 1\n1 / 0\n")
    ad.type("x = 3\r", "x = 3\nad>")
    ad.type(f":save {path}\r", "overwrites it")
    assert path.read_text() == "w = 1\n1 / 0\n"
    ad.clear()
    ad.type(f":load {path}\r", "not a real number")
    assert "mine.ad:2:1" in ad.text().replace("\n", "")
    ad.clear()
    ad.type(f":save {path}\r", "saved to")
    assert path.read_text() == "x = 3\nw = 1\n"
    (tmp_path / "other.ad").write_text("")
    ad.type(f":save {tmp_path}/other.ad !\r", "other.ad")
    ad.until(lambda: (tmp_path / "other.ad").read_text() == "x = 3\nw = 1\n", "the file")


def test_the_last_answer_is_copied_and_that_is_told_honestly(ad: Terminal) -> None:
    ad.type("x = 0.5\r", "x = 0.5\nad>")
    ad.type("abs'(0), x\r", "note:")  # the note is no part of the answer
    ad.type(":copy\r", "the terminal, which does not say")
    assert b"\x1b]52;c;YWJzJygwKSwgeCA9IDAsIDAuNQ==\x07" in ad.sent


def test_time_ieee_kinks_engine_and_precision(ad: Terminal) -> None:
    ad.type(":time 2 + 3\r", " ms")
    assert "2 + 3 = 5" in ad.text()
    ad.type("log(0)\r", "not a real number")
    ad.type(":ieee on\r", "inf and nan flow")
    ad.type("log(0)\r", "= -inf")
    ad.type(":ieee off\r", "is an error")
    ad.type(":kinks error\r", "kinks: error")
    ad.type("abs'(0)\r", "error: ")
    ad.type(":kinks\r", "kinks: error")
    ad.type(":kinks note\r", "kinks: note")
    ad.type(":kinks loud\r", "takes note, error or silent")
    ad.type(":engine native\r", "engine: native")
    ad.type(":engine auto\r", "engine: auto")
    ad.type(":engine steam\r", "error: ")
    ad.clear()
    ad.type(":precision 3\r", "3 digits")
    ad.type("2 / 3\r", "= 0.667")
    ad.type(":precision many\r", "write it like `:precision 6`")
    ad.type(":precision 0\r", "all digits")


def test_set_says_what_it_did(ad: Terminal) -> None:
    ad.type("a, b = 1, 2\r", "b = 2")
    ad.type("b += a\r", "b = 3")
    ad.type(":set a 5\r", "b = 7")
    ad.type(":set b 1\r", "b = 1\nad>")
    ad.type(":undo\r", "undone: :set b 1")
    ad.type("for i in range(3):\rb += i\r\r", "b = 10")
    ad.type(":set b 0\r", "`for i in range(3):` goes on from there with `b`")
    ad.type(":set c 1\r", "nothing gives `c` a value yet")
    ad.type(":set a\r", "write it like `:set x 2.5`")
    ad.type(":set a 2,5\r", "a number has a decimal point, not a comma: 2.5")


def test_a_watched_name_stays_in_view(ad: Terminal) -> None:
    ad.type("x = ? 2\r", "Enter takes it")
    ad.type("\r", "x = 2\nad>")
    ad.type("z = x**2\r", "z = 4\nad>")
    ad.type(":watch z\r", "z = 4  dz/dx = 4")
    ad.type(":set x 3\r", "z = 9  dz/dx = 6")
    ad.type(":undo\r", "z = 4  dz/dx = 4")
    ad.type(":watch\r", "watching nothing")
    ad.type(":watch nobody\r", "nobody has no value")
    ad.type(":watch\r", "watching nothing")


def test_ctrl_c_at_an_empty_prompt_tells_how_to_leave(ad: Terminal) -> None:
    ad.type("\x03", "Ctrl-D or :quit leaves")
    ad.type("x = (\x03", "x = (\nad>")
    ad.type("1 + 1\r", "= 2")


def test_ctrl_c_stops_a_loop_in_machine_code(ad: Terminal) -> None:
    ad.type("s = 1\r", "s = 1\nad>")
    ad.press("for i in range(1000000000):\rs = s + lgamma(i + 2)\r\r")
    ad.until(lambda: ad.text().rstrip().endswith("...") and ad.screen.cursor.x == 0, "a running loop")
    time.sleep(0.5)  # it is compiled, and runs
    ad.interrupt()
    ad.until(lambda: "\nstopped\n" in ad.text() and ad.asks(), "a prompt")
    ad.type("s\r", "s = 1\nad>")


@pytest.mark.parametrize("wait", range(0, 60, 5))
def test_ctrl_c_stops_what_was_just_entered_at_any_moment(ad: Terminal, wait: int) -> None:
    """Read with the Enter, while the editor goes home, or while the program runs: nothing but the prompt is left."""
    ad.type(":engine interpreter\r", "engine: interpreter")
    ad.press("while 1 < 2:\rw = 1\r\r")
    ad.wait("w = 1\n...")
    time.sleep(wait / 1000)
    ad.child.sendintr()
    ad.until(lambda: ad.line() == "ad>", "a prompt")
    assert "Warning" not in ad.text()
    assert "Traceback" not in ad.text()
    ad.type(":engine auto\r", "engine: auto")


def _signal(ad: Terminal) -> None:
    os.kill(ad.child.pid, signal.SIGINT)


def test_a_signal_while_nobody_types_is_ctrl_c(ad: Terminal) -> None:
    _signal(ad)
    ad.wait("Ctrl-D or :quit leaves")
    ad.type("1 + 1\r", "= 2")
    ad.press("asked = ?\r")
    ad.wait("a number, please")
    _signal(ad)
    ad.wait("stopped")
    ad.type("asked\r", "I don't know the name `asked`")


def test_what_a_person_types_by_mistake_ends_nothing(ad: Terminal) -> None:
    ad.type(":\r", "`:help` lists them")
    ad.type(":set\r", "`:set` takes a name and a number")
    ad.type(":load /nowhere/at/all\r", "cannot open `/nowhere/at/all`: No such file")
    ad.type(":save /nowhere/at/all\r", "No such file")
    ad.type(":load\r", "which file?")
    ad.type(":p\r", "`:program` or `:precision`")
    ad.type("?nobody\r", "no help for `nobody`")
    ad.type(":colours purple\r", "takes auto, dark, light")
    ad.type(":colours lite\r", "did you mean `:colours light`?")
    ad.clear()
    ad.type("::::\r", "no command")
    ad.type("???\r", "drops what is typed")
    ad.clear()
    ad.type("x = 'text'\r", "error: ")
    ad.type("\x00é€𝔘🙂\r", "error: ")
    ad.type("1 + 1\r", "= 2")


def test_a_window_that_changes_its_size(ad: Terminal) -> None:
    ad.type("x = 2; y = 3", "y = 3")
    ad.resize(40, 24)
    ad.until(lambda: ad.line() == "ad> x = 2; y = 3", "the line in a narrow window")
    ad.type("\r", "y = 3\nad>")
    ad.resize(80, 30)
    ad.type("x + y\r", "= 5")
