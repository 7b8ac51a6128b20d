"""The Jupyter kernel through jupyter_client: cells, questions, completion, inspection, interrupts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ipykernel", reason="Jupyter is not installed (the extra `notebook`)")
jupyter_client = pytest.importorskip("jupyter_client", reason="Jupyter is not installed (the extra `notebook`)")

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b"
WAIT = 60


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `ad kernel install` has put the kernel."""
    prefix = tmp_path_factory.mktemp("prefix")
    command = [sys.executable, "-m", "lang", "kernel", "install", "--prefix", str(prefix)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "installed the kernel `adlang`" in done.stdout
    return prefix / "share" / "jupyter" / "kernels" / "adlang"


@pytest.fixture(scope="module")
def client(installed: Path) -> Iterator[Any]:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import KernelManager

    specs = KernelSpecManager(kernel_dirs=[str(installed.parent)])
    manager = KernelManager(kernel_name="adlang", kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=WAIT)
    client.manager = manager
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client: Any, code: str, answers: tuple[str, ...] = (), allow_stdin: bool = True) -> tuple[Any, list[Any]]:
    """A cell's reply, and what it shows; questions get the answers, in order."""
    shown: list[Any] = []
    prompts: list[str] = []
    left = list(answers)

    def asked(message: Any) -> None:
        prompts.append(message["content"]["prompt"])
        client.input(left.pop(0))

    reply = client.execute_interactive(
        code,
        allow_stdin=allow_stdin,
        timeout=WAIT,
        stdin_hook=asked,
        output_hook=lambda message: shown.append(message),
    )["content"]
    if reply["status"] == "aborted":  # it came while the kernel was still giving up what stood after an error
        return run(client, code, answers, allow_stdin)
    reply["prompts"] = prompts
    return reply, [each["content"] for each in shown if each["msg_type"] == "display_data"]


def plain(shown: list[Any]) -> str:
    return "\n".join(each["data"]["text/plain"] for each in shown)


def ask(client: Any, send: Any, *words: Any) -> Any:
    identity = send(*words)
    while True:
        reply = client.get_shell_msg(timeout=WAIT)
        if reply["parent_header"].get("msg_id") == identity:
            return reply["content"]


def test_a_graph_is_an_image(client: Any) -> None:
    _, shown = run(client, "x = ? 2\nz = x * sin(x)\ngraph z as svg")
    (bundle,) = [each["data"] for each in shown if "data" in each]
    assert set(bundle) == {"text/plain", "image/svg+xml"}, bundle["text/plain"]
    assert bundle["image/svg+xml"].startswith("<svg xmlns=")


def test_the_kernel_says_how_it_is_started(installed: Path) -> None:
    spec = json.loads((installed / "kernel.json").read_text())
    assert spec["argv"][1:] == ["-m", "lang.notebook", "-f", "{connection_file}"]
    assert Path(spec["argv"][0]).samefile(sys.executable)
    assert (installed / "logo-svg.svg").exists()


def test_it_says_which_language_it_speaks(client: Any) -> None:
    content = ask(client, client.kernel_info)
    assert content["language_info"]["name"] == "adlang"
    assert content["language_info"]["pygments_lexer"] == "adlang"


def test_inputs_are_asked_for_and_answers_are_shown(client: Any) -> None:
    reply, shown = run(client, LECTURE + "\ngrad z", ("1/2", "4.2"))
    assert reply["status"] == "ok"
    assert reply["prompts"] == ["x = ? ", "y = ? "]
    assert plain(shown) == "z     = 2.579425538604203\ndz/dx = 5.077582561890373\ndz/dy = 0.5"
    assert "<th>dz/dx</th>" in shown[0]["data"]["text/html"]


def test_an_answer_that_is_no_number_is_asked_again(client: Any) -> None:
    reply, shown = run(client, "k = ?\nk + 1", ("seven", "7"))
    assert "takes a number" in reply["prompts"][1]
    assert plain(shown) == "k + 1 = 8"


def test_cells_follow_each_other(client: Any) -> None:
    run(client, "p = 3\nq = ? 2")
    assert plain(run(client, "r = p * q")[1]) == "r = 6"


def test_where_nobody_can_be_asked_the_cell_fails(client: Any) -> None:
    reply, shown = run(client, "nobody = ?\nnobody", allow_stdin=False)
    assert reply["status"] == "error"
    assert "`nobody`" in plain(shown)


def test_an_error_is_located_and_has_no_traceback(client: Any) -> None:
    reply, shown = run(client, "w = sine(2)")
    assert (reply["status"], reply["ename"], reply["evalue"]) == ("error", "CheckError", "I don't know the name `sine`")
    assert "did you mean `sin`?" in plain(shown)
    assert '<pre class="ad-error">' in shown[0]["data"]["text/html"]
    assert "File" not in str(reply["traceback"])


def test_a_runaway_cell_can_be_interrupted(client: Any) -> None:
    run(client, "before = 7")
    identity = client.execute("i = ?\nwhile i < 1e15:\n    i = i + 1", allow_stdin=True)
    client.get_stdin_msg(timeout=WAIT)
    client.input("0")
    client.manager.interrupt_kernel()
    while True:
        reply = client.get_shell_msg(timeout=WAIT)
        if reply["parent_header"].get("msg_id") == identity:
            break
    assert (reply["content"]["status"], reply["content"]["ename"]) == ("error", "KeyboardInterrupt")
    assert plain(run(client, "before")[1]) == "before = 7"


def test_an_interrupt_at_any_moment_loses_no_reply(client: Any) -> None:
    for turn in range(12):
        identity = client.execute(f"n = {turn}\nk = 0\nwhile k < 20000:\n    k = k + 1")
        client.manager.interrupt_kernel()
        while True:
            reply = client.get_shell_msg(timeout=WAIT)
            if reply["parent_header"].get("msg_id") == identity:
                break
        assert reply["content"]["status"] in ("ok", "error", "aborted")
    assert plain(run(client, "1 + 1")[1]) == "1 + 1 = 2"


def test_an_interrupt_that_comes_when_a_cell_is_over_does_not_stop_the_next() -> None:
    from lang.notebook.kernel import AdKernel

    kernel = AdKernel()
    kernel._interrupted(2, None)
    kernel.pre_handler_hook()
    try:
        assert kernel._run("1 + 1").error is None
        kernel._interrupted(2, None)
        with pytest.raises(KeyboardInterrupt):
            kernel._run("1 + 1")
    finally:
        kernel.post_handler_hook()


def test_completion_inspection_and_completeness(client: Any) -> None:
    run(client, "length = 3")
    found = ask(client, client.complete, "y = len", 7)
    assert (found["matches"], found["cursor_start"], found["cursor_end"]) == (["length"], 4, 7)
    assert "hessian" in ask(client, client.complete, "hes", 3)["matches"]
    about = ask(client, client.inspect, "y = sin(2)", 5)
    assert about["found"]
    assert "dc = cos(a) * da" in about["data"]["text/plain"]
    assert "length = 3" in ask(client, client.inspect, "length", 2)["data"]["text/plain"]
    assert not ask(client, client.inspect, "unheard_of", 2)["found"]
    assert ask(client, client.is_complete, "while a < 2:") == {"status": "incomplete", "indent": "    "}
    assert ask(client, client.is_complete, "a = 2")["status"] == "complete"
    assert ask(client, client.is_complete, "a = = 2")["status"] == "invalid"


@pytest.mark.parametrize("code", ["?sin", "sin?", "? *"])
def test_a_question_mark_asks_for_help(client: Any, code: str) -> None:
    reply, shown = run(client, code)
    assert reply["status"] == "ok"
    assert "rule" in plain(shown)


def test_the_pictures_of_the_terminal_are_there_too(client: Any) -> None:
    assert plain(run(client, "1 + 1\nrules sin")[1]).startswith("1 + 1 = 2")


def test_without_jupyter_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "ipykernel.py").write_text("raise ImportError('no', name='ipykernel')")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "lang", "kernel", "install"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 2
    assert "pip install ipykernel ipython" in done.stderr
