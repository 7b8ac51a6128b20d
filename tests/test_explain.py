"""The page of `ad explain`: whole, safe whatever a program holds, and a real browser computes as Python does."""

from __future__ import annotations

import html.parser
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.cli import main
from lang.page import trace
from tests.test_examples import ROOT

LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
BRANCHES = """x = ? 2
y = ? 3
f(u) = u * u + y
a = f(x)
for i in range(3):
    a = a * x / (i + 2)
b = sqrt(a) if a > 3 else 2 * a
z = a + sin(x) * b - x**3
"""
RULED = "x = ? 2\nf(u) = u**3\nz = f'(x) * x\n"


def page(text: str, target: str = "z", name: str = "<program>", **inputs: float) -> str:
    program = lang.parse(text, name)
    return str(program.explain(target, **inputs))


class Reader(html.parser.HTMLParser):
    """The elements of a page, with their attributes, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_needs_nothing_from_elsewhere() -> None:
    text = page(LECTURE, x=0.5, y=4.2)
    found = Reader(text)
    assert not any({"src", "href", "srcset"} & attributes.keys() for _, attributes in found.tags)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert "default-src 'none'" in text


def test_every_control_has_a_name() -> None:
    found = Reader(page(LECTURE, x=0.5, y=4.2))
    labelled = {attributes["for"] for tag, attributes in found.tags if tag == "label"}
    for tag, attributes in found.tags:
        if tag == "input":
            assert attributes.get("aria-label") or attributes["id"] in labelled
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert any(attributes.get("aria-live") == "polite" for _, attributes in found.tags)


def test_what_a_program_holds_is_only_text() -> None:
    nasty = "x = ? 1  # </script><script>alert(1)</script><img src=x onerror=alert(1)> <!-- @@SCRIPT@@\nz = x * 2\n"
    text = page(nasty, name="<b>&\"'</script>.ad")
    tags = [tag for tag, _ in Reader(text).tags]
    assert "img" not in tags
    assert "b" not in tags
    assert tags.count("script") == 2
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert data
    assert json.loads(data[1])["target"] == "z"


def test_without_scripts_the_tables_are_complete() -> None:
    text = page(LECTURE, x=0.5, y=4.2)
    for number in ("2.579425538604203", "5.077582561890373", "0.479425538604203"):
        assert number in text
    assert "gx = cos(x) * gb" in text
    assert "gx += y * ga" in text


@pytest.mark.parametrize("after", ["", "w = z\nwhile w < 100:\n    w = w * 2\n"])
def test_what_decides_behind_the_result_has_all_that_it_reads(after: str) -> None:
    text = "x = ? 0.7\nz = 0\nold = 1\nwhile abs(z - old) > 1e-3:\n    old = z\n    z = cos(x * z) / 2\n" + after
    contents = lang.parse(text).explain("z")
    assert contents.steps[-1].kind == "condition"
    assert contents.steps[-1].value is False
    assert not any(step.name == "w" for step in contents.steps)
    assert contents.values is not None
    assert "v" + str(contents.steps[-1].index) in contents.values.results


@pytest.mark.parametrize("call", ["f(x)", "f(-x)", "f(3)", "f(-3)"])
def test_a_number_that_a_function_gives_is_written_as_that(call: str) -> None:
    text = f"x = ? 2\ndef f(a):\n    if a < 0:\n        return -0.5\n    else:\n        return 2 * a\nz = {call} * x\n"
    contents = lang.parse(text).explain("z")
    assert contents.values is not None
    steps = lang.parse(trace.program(contents.record, contents.steps) or "")
    end = contents.steps[-1].index
    assert steps.run(at={"v0": 2})[f"v{end}"] == lang.parse(text).run()["z"]


def test_too_many_steps_are_refused_with_a_way_out() -> None:
    with pytest.raises(lang.CommandError, match="too many to go through") as caught:
        page("x = ? 1\nfor i in range(2000):\n    x = x * 1.001\nz = x\n")
    assert "graph z" in caught.value.hint


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    assert main(["explain", str(ROOT / "examples" / "lecture.ad"), "z", "x=0.5", "y=4.2", "-o", str(path)]) == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


# --- in a browser -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no Chromium with its driver here (apt-get install chromium chromium-driver)")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium, which drives the browser, is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    flags = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking")
    for flag in (*flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield found
    found.quit()


def opened(browser: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    browser.get(path.as_uri())
    assert browser.get_log("browser") == []


def shown(browser: Any) -> dict[str, float]:
    script = """return [['z', document.getElementById('result').textContent],
        ...[...document.querySelectorAll('[data-slope]')].map((each) => [each.dataset.slope, each.textContent])]"""
    return {name: float(value) for name, value in browser.execute_script(script)}


def move(browser: Any, name: str, value: float) -> None:
    browser.execute_script(
        """const box = document.querySelector(`[data-exact="${arguments[0]}"]`);
        box.value = arguments[1]; box.dispatchEvent(new Event('input', {bubbles: true}))""",
        name,
        repr(value),
    )


def agrees(found: dict[str, float], text: str, **inputs: float) -> None:
    value, slopes = lang.parse(text).value_and_grad("z", **inputs)
    assert found == pytest.approx({"z": value, **slopes}, rel=1e-12)


def test_steps_forward_and_back_by_keys_and_buttons(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, page(LECTURE, x=0.5, y=4.2))
    said = []
    body = browser.find_element("tag name", "body")
    for _ in range(5):
        body.send_keys("\ue014")
        said.append(browser.find_element("id", "say").text)
    assert said[2] == "Forward 3 of 5, line 3: a = x * y = 2.1"
    visible = "return [...document.querySelectorAll('#backward tr[class]:not(.ahead)')].length"
    assert browser.execute_script(visible) == 0
    back = []
    for _ in range(6):
        browser.find_element("id", "next").click()
        back.append(browser.find_element("id", "say").text)
    assert browser.find_element("id", "count").text == "11 / 11"
    assert back[4] == "Backward 5 of 6: gx += y * ga adds 4.2, sum 5.077582561890373"
    assert not browser.find_element("id", "next").is_enabled()
    body.send_keys("\ue011")
    assert browser.find_element("id", "count").text == "0 / 11"


@pytest.mark.parametrize("text", [LECTURE, BRANCHES, RULED], ids=["lecture", "branches", "derivative call"])
def test_sliders_compute_what_python_computes(browser: Any, tmp_path: Path, text: str) -> None:
    inputs = {"x": 2.0} if text == RULED else {"x": 2.0, "y": 3.0}
    opened(browser, tmp_path, page(text, **inputs))
    agrees(shown(browser), text, **inputs)
    for name, value in (("x", 2.25), ("y", -1.5), ("x", 0.3)):
        if name in inputs:
            inputs[name] = value
            move(browser, name, value)
            agrees(shown(browser), text, **inputs)
    assert browser.get_log("browser") == []


def test_steps_and_picture_move_with_the_inputs(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, page(LECTURE, x=0.5, y=4.2))
    move(browser, "x", 2.0)
    assert browser.find_element("id", "trouble").is_displayed() is False
    script = "return [...document.querySelectorAll('#forward td:last-child')].map((each) => each.textContent)"
    values = lang.parse(LECTURE).run(x=2, y=4.2).values
    found = [float(each) for each in browser.execute_script(script)]
    assert found == pytest.approx([values[name] for name in "xyabz"], rel=1e-14)
    labels = browser.execute_script("return [...document.querySelectorAll('.partial')].map((each) => each.textContent)")
    assert sorted(labels) == sorted(["4.2", "2", "-0.41615", "1", "1"])


def test_another_way_through_the_program_is_said(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, page(BRANCHES))
    move(browser, "x", 3.0)
    assert "goes another way at line 7" in browser.find_element("id", "trouble").text
    agrees(shown(browser), BRANCHES, x=3.0, y=3.0)
    move(browser, "x", 2.0)
    assert not browser.find_element("id", "trouble").is_displayed()


def test_what_is_not_a_number_is_said(browser: Any, tmp_path: Path) -> None:
    opened(browser, tmp_path, page("x = ? 2\nz = log(x)\n"))
    move(browser, "x", -1.0)
    assert "is not a finite number" in browser.find_element("id", "trouble").text


def test_nothing_of_a_program_runs_in_the_page(browser: Any, tmp_path: Path) -> None:
    nasty = "x = ? 1  # </script><script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\nz = x * 2\n"
    opened(browser, tmp_path, page(nasty))
    assert browser.execute_script("return window.hurt === undefined")
    assert shown(browser) == {"z": 2.0, "x": 2.0}
