"""adlang in a Python notebook, through a real kernel: cells run, show themselves, and fail where they should."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytest.importorskip("ipykernel", reason="Jupyter is not installed (the extra `notebook`)")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (the extra `test`)")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (the extra `test`)")

from lang.notebook.line import LineError, read  # noqa: E402

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
CELLS = {
    "setup": "%load_ext lang\nv = 2.1",
    "run": "%%ad x=0.5 y=2 * v -o r -p p\n" + LECTURE,
    "result": "r['z'], r.values['a'], p.grad('z', x=0.5, y=4.2)",
    "line": "%ad grad z",
    "rich": "%%ad\n1 + 1\nz, x\nhessian z\nforward z\nforward z as latex\ngrad z as markdown\ngrad z as csv",
    "graph": "%%ad\ngraph z as svg",
    "note": "%%ad --fresh\nx = ? 0\nq = abs(x)\ngrad q",
    "ieee": "%%ad --fresh --ieee\nx = ? -1\nlog(x)",
    "default": "%%ad --fresh x=3\nx = ? 0\nq = abs(x)",
    "unknown": "%%ad\nq = sine(x)",
    "binding": "%%ad w=3\nu = ?\nu",
    "text": "%%ad u='a'\nu = ?",
    "usage": "%%ad nonsense\n1",
    "python": "%%ad u=1/0\nu = ?",
    "kept": "%%ad\nq",
    "earlier": "%%ad q=3\ngrad q",
    "help": "%%ad\n?sin",
    "help in a line": "%ad ?hypot",
    "no help": "%%ad\nnobody?",
    "missing": "%%ad --fresh\nu = ?\nu",
    "value": "p",
    "answer": "p.ask('grad', 'z', inputs={'x': 1, 'y': 2})",
    "raised": "import lang\nlang.parse('x = = 2')",
    "outcome": "lang.Session().run('a = 2; a**2; b = <')",
    "complete": "from IPython.core.completer import provisionalcompleter\n"
    "def complete(text):\n"
    "    with provisionalcompleter():\n"
    "        return [each.text for each in get_ipython().Completer.completions(text, len(text))]\n"
    "complete('%%ad\\nk = 2\\nhess'), complete('%ad grad z w'), complete('%%ad\\nq = sqr'), 'sqrt' in complete('sqr')",
    "unload": "%unload_ext lang\n'ad' in get_ipython().magics_manager.magics['cell']",
}


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    """The cells after a run, by name."""
    made = [nbformat.v4.new_code_cell(text) for text in CELLS.values()]
    book = nbformat.v4.new_notebook(cells=made)
    nbclient.NotebookClient(book, allow_errors=True, kernel_name="python3", timeout=120).execute()
    nbformat.validate(book)
    return dict(zip(CELLS, book.cells, strict=True))


def data(cell: Any) -> list[dict[str, str]]:
    return [each.data for each in cell.outputs if "data" in each]


def plain(cell: Any) -> str:
    return "\n".join(each["text/plain"] for each in data(cell))


def test_a_cell_takes_python_values_and_shows_its_last_value(cells: dict[str, Any]) -> None:
    assert plain(cells["run"]) == "z = 2.579425538604203"


def test_its_result_and_its_program_are_python_names(cells: dict[str, Any]) -> None:
    assert plain(cells["result"]) == "(2.579425538604203, 2.1, {'x': 5.077582561890373, 'y': 0.5})"


def test_a_graph_is_an_image(cells: dict[str, Any]) -> None:
    (bundle,) = data(cells["graph"])
    assert bundle["image/svg+xml"].startswith("<svg xmlns=")
    assert "</svg>" in bundle["image/svg+xml"]


def test_a_line_asks_about_the_cells_before(cells: dict[str, Any]) -> None:
    (bundle,) = data(cells["line"])
    assert bundle["text/plain"] == "z     = 2.579425538604203\ndz/dx = 5.077582561890373\ndz/dy = 0.5"
    assert "<th>dz/dx</th><td>= 5.077582561890373</td>" in bundle["text/html"]
    assert r"\frac{\mathrm{d}z}{\mathrm{d}x} &= 5.077582561890373" in bundle["text/latex"]


def test_every_kind_of_answer_shows_itself(cells: dict[str, Any]) -> None:
    values, hessian, program, mathematics, markdown, csv = data(cells["rich"])
    assert "<th>z, x</th><td>= 2.579425538604203, 0.5</td>" in values["text/html"]
    assert '<table class="ad-grid">' in hessian["text/html"]
    assert ">d²z</th>" in hessian["text/html"]
    assert 'db = <span class="ad-function">cos</span>(x) * dx' in program["text/html"]
    assert mathematics["text/latex"].startswith(r"\begin{align*}")
    assert markdown["text/markdown"].startswith("| name | value |")
    assert set(csv) == {"text/plain"}


def test_notes_options_and_defaults(cells: dict[str, Any]) -> None:
    assert "note: abs(0) is a kink" in plain(cells["note"])
    assert '<pre class="ad-note">' in data(cells["note"])[-1]["text/html"]
    assert "nan" in plain(cells["ieee"])
    assert plain(cells["default"]) == "q = 3"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unknown", "I don't know the name `sine`"),
        ("binding", "this cell has no input `w`"),
        ("text", "the input `u` takes a number, not 'a'"),
        ("missing", "`u`"),
    ],
)
def test_a_cell_that_fails_says_so_in_one_located_piece_of_html(
    cells: dict[str, Any], name: str, words: str
) -> None:
    (bundle,) = data(cells[name])
    assert bundle["text/plain"].startswith("error: ")
    assert words in bundle["text/plain"]
    assert '<pre class="ad-error">' in bundle["text/html"]
    assert "Traceback" not in str(cells[name].outputs)


def test_an_input_of_an_earlier_cell_is_asked_with_at(cells: dict[str, Any]) -> None:
    assert "help: an earlier cell has it: ask `... at q=2`, or write `q = ?` in this one" in plain(cells["earlier"])


def test_a_cell_can_ask_for_help(cells: dict[str, Any]) -> None:
    assert "c = sin(a)  =>  dc = cos(a) * da" in plain(cells["help"])
    assert "hypot(a, b)" in data(cells["help in a line"])[0]["text/html"]
    assert plain(cells["no help"]) == "there is no help for `nobody`"


def test_a_failed_cell_stops_a_run_of_the_notebook() -> None:
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("%load_ext lang"), nbformat.v4.new_code_cell("%%ad\n1 +")]
    )
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="value is missing"):
        nbclient.NotebookClient(book, kernel_name="python3", timeout=120).execute()


def test_a_wrong_line_is_a_usage_error_without_a_traceback(cells: dict[str, Any]) -> None:
    for name, words in (
        ("usage", "I don't understand `nonsense`"),
        ("python", "ZeroDivisionError: division by zero"),
    ):
        said = str(cells[name].outputs)
        assert words in said
        assert "Traceback" not in said


def test_what_failed_left_what_was_before(cells: dict[str, Any]) -> None:
    assert plain(cells["kept"]) == "q = 3"


def test_python_objects_show_themselves(cells: dict[str, Any]) -> None:
    assert 'class="ad-listing"' in data(cells["value"])[0]["text/html"]
    assert "<th>dz/dx</th>" in data(cells["answer"])[0]["text/html"]
    assert "dz/dx = " in plain(cells["answer"])  # and not as IPython shows a tuple
    outcome = data(cells["outcome"])[0]["text/html"]
    assert 'class="ad-error"' in outcome


def test_an_error_that_python_code_meets_is_located_below_its_traceback(cells: dict[str, Any]) -> None:
    kinds = [each.output_type for each in cells["raised"].outputs]
    assert kinds == ["error", "display_data"]
    assert "error: a value is missing between `=` and `=`" in plain(cells["raised"])


def test_cells_are_completed_by_the_language_and_only_they(cells: dict[str, Any]) -> None:
    assert plain(cells["complete"]) == "(['hessian'], ['wrt'], ['sqrt'], False)"


def test_the_extension_can_be_unloaded(cells: dict[str, Any]) -> None:
    assert plain(cells["unload"]) == "False"


# --- the line behind %%ad -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "bindings", "options"),
    [
        ("", {}, {}),
        ("x=2 y=v * 2 -o r", {"x": "2", "y": "v * 2"}, {"--out": "r"}),
        ("x=max(1, 2) y='=a b=' θ=-1", {"x": "max(1, 2)", "y": "'=a b='", "θ": "-1"}, {}),
        ("x=f(a=1, b=2) --fresh --kinks error", {"x": "f(a=1, b=2)"}, {"--fresh": "", "--kinks": "error"}),
        ("x=a -b", {"x": "a -b"}, {}),
        ("x=a == b", {"x": "a == b"}, {}),
        ("--out=r -p program", {}, {"--out": "r", "--program": "program"}),
    ],
)
def test_a_line_is_bindings_and_options(text: str, bindings: dict[str, str], options: dict[str, str]) -> None:
    line = read(text)
    assert (line.bindings, line.options) == (bindings, options)


@pytest.mark.parametrize("text", ["foo", "x=1 x=2", "x=", "foo x=1", "-o r s", "-o", "-q"])
def test_a_line_that_is_neither_is_refused(text: str) -> None:
    with pytest.raises(LineError):
        read(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x=2,5", "a number has a decimal point, not a comma: `x=2.5`"),
        ("y=1 x=-2,5", "`x=-2.5`"),
        ("x=2, y=3", "no comma stands between bindings: `x=2`"),
        ("x=2 --quiet", "there is no option `--quiet`"),
    ],
)
def test_slips_in_a_line_are_told(text: str, told: str) -> None:
    with pytest.raises(LineError, match=re.escape(told)):
        read(text)
