"""Long straight parts of loops, functions and branches become functions of their own, and so do pieces of long bodies;
nothing else can be seen.

Here all parts are long, and cut often, so that whatever they hand to each other is tried.

PARTS=400 pytest tests/test_parts.py        # more random programs
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import lang
from tests.programs import generate
from tests.test_calls import PROGRAMS, answer
from tests.test_native import agree
from tests.test_translations import CASES, points

pytest.importorskip("llvmlite", reason="the native engine needs llvmlite")

FORMS = {
    "one turn keeps the last": """
p = 0
a = x
for i in range(5):
  o = p
  p = a
  a = sin(a) + o * 0.5
z = a + p""",
    "values change places": """
a = x
b = 2
c = 3
for i in range(4):
  a, b, c = b, c, a
  a = a * 1.5
z = a - b * c""",
    "truth is handed on": """
a = x
b = x > 0
for i in range(6):
  c = not b
  a = where(c, a * 2, a - 1)
  b = a > i
  d = not c
  if d: a = a + 0.25
z = where(b, a, -a)""",
    "saved and taken": """
for i in range(5):
  a = x * i
  b = a > 1
  push a
  push2 b
  c = pop()
  push i
  push c
z = 0
for i in range(5):
  b = pop2()
  c = pop()
  d = pop()
  push c
  e = pop()
  z = z * 0.5 + where(b, c - d, e * d)""",
    "loops in loops": """
z = 0
for i in range(3):
  s = z + x
  for j in range(3):
    s = s * 0.9 + j
    t = s * i
    z = z + t
  z = z * s""",
    "a branch": """
if x > 0:
  a = x * 2
  b = a + 1
  c = b * a
  z = c - b
else:
  a = x * 3
  z = a * a""",
    "a function": """
k = 2
def f(a, n):
  b = a * k
  c = b + sin(a)
  d = c * b
  if n > 0: e, v = f(d * 0.1, n - 1)
  else: e = d
  g = e + d * c
  return g, b
z, w = f(x, 3)
z = z * w""",
    "a kernel": """
z = x
for i in range(3):
  a = sech(z)
  b = polygamma(1, a + 2)
  c = clamp(b, 0, 1)
  z = softplus(c) + a""",
}
FORMS = {name: f"x = ?{text}" for name, text in FORMS.items()}


@pytest.fixture(autouse=True, params=[(1, 5, 400, 8), (2, 3_000, 400, 8), (1_000, 3_000, 7, 2), (3, 5, 10, 2)],
                ids=["cut", "whole", "pieces", "both"])  # fmt: skip
def _all_are_long(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.backend.native.parts.LONG", request.param[0])
    monkeypatch.setattr("lang.backend.native.parts.MOST", request.param[1])
    monkeypatch.setattr("lang.backend.native.cuts.MOST", request.param[2])
    monkeypatch.setattr("lang.backend.native.cuts.CALL", request.param[3])
    if request.param[3] == 2:
        monkeypatch.setattr("lang.backend.native.several.LONG", 3_000)
        monkeypatch.setattr("lang.backend.native.several.SHORT", 1_000)


@pytest.mark.parametrize("name", [*FORMS, *PROGRAMS])
@pytest.mark.parametrize("way", ["__call__", "value_and_grad", "hessian"])
def test_parts_give_the_bits_of_the_python_engine(name: str, way: str) -> None:
    text = (FORMS | PROGRAMS)[name]
    program = lang.parse(text)
    if "push" in text and way != "__call__":
        return
    one, other = (program.compile("z", wrt=["x"], engine=each) for each in ("native", "python"))
    for point in ((0.7, 0.3), (-0.4, 0.3), (1.3, 0.3)):
        given = point[: len(program.inputs)]
        found, wanted = (str(getattr(each, way)(*given)) for each in (one, other))
        assert (one.engine, found) == ("native", wanted)
    made: Any = one._codes.of("value")
    assert "@straight0" in made.text or "@piece0" in made.text


@pytest.mark.parametrize("seed", range(int(os.environ.get("PARTS", "20"))))
def test_random_programs_agree_in_parts(seed: int) -> None:
    made = generate(seed)
    compiled = lang.parse(made.text).compile("z")
    for way in ("value", "gradient"):
        try:
            unit = compiled.questions.ways[way].unit()
        except lang.AdError:
            continue
        agree(unit, list(map(float, made.inputs.values())))


@pytest.mark.parametrize("path", CASES[::3], ids=lambda path: path.stem)
def test_derivative_programs_run_in_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    program = lang.parse(text).reverse("z")
    for point in points(text)[:1]:
        given = {name: point.get(name, 0.5) for name in program.inputs}
        wanted = program.run(at=given, ieee=True, engine="interpreter").values
        for word in [word for word in program.derivatives.values() if word not in program.inputs][:1]:
            found = program.compile(word, engine="native", ieee=True)(*given.values())
            assert str(found) == str(wanted[word])


@pytest.mark.parametrize("name", [*FORMS, "itself in itself", "loops inside", "stacks"])
def test_limits_stop_parts_where_they_stop_the_interpreter(name: str) -> None:
    program = lang.parse((FORMS | PROGRAMS)[name])
    for steps in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
        limits = lang.Limits(steps=steps)
        found, wanted = (answer(program, engine, "__call__", limits) for engine in ("native", "interpreter"))
        assert found == wanted, steps


@pytest.mark.parametrize("line", ["sqrt(3 - i)", "log(3 - i)", "1 / (3 - i)", "exp(i * 300)", "polygamma(1, -i)"])
def test_a_loop_ends_after_the_part_in_which_there_is_no_value(line: str) -> None:
    text = f"x = ?\nz = x\ni = 0\nwhile i < 10 or z > -1:\n  t = {line}\n  i = i + 1\n  z = z + 1 + t - t\n"
    with pytest.raises(lang.DomainError):
        lang.parse(text).compile("z", engine="native")(1.0)


def test_more_is_saved_at_once_than_a_stack_grows_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lang.backend.native.parts.MOST", 3_000)
    names = [f"v{index}" for index in range(1_400)]
    text = "x = ?\nn = ?\nz = 0\nfor i in range(n):\n"
    text += "".join(f"  {name} = x + {index}\n  push {name}\n" for index, name in enumerate(names))
    text += "for i in range(n):\n" + "".join(f"  {name} = pop()\n  z = z * 0.5 + {name}\n" for name in reversed(names))
    one, other = (lang.parse(text).compile("z", engine=each) for each in ("native", "python"))
    assert one(0.5, 3.0) == other(0.5, 3.0)


WIDE = {name: text.format(
    parameters=", ".join(f"a{at}" for at in range(23)), arguments=", ".join(f"x + {at}" for at in range(23)),
    sum=" + ".join(f"sin(a{at})" for at in range(23)), names=", ".join(f"r{at}" for at in range(19)),
    values=", ".join(f"a{at} * a{at + 1}" for at in range(19)), total=" + ".join(f"r{at}" for at in range(19)))
    for name, text in {
    "parameters": "f({parameters}) = {sum}\nz = f({arguments})",
    "results": "def f(b):\n  {parameters} = {arguments}\n  return {values}\n{names} = f(x)\nz = {total}",
    "both, and ways": "def f({parameters}):\n  if a0 < a1 and a2 > 1:\n    return {values}\n"
    "  else:\n    return {values}\n"
    "{names} = f({arguments})\nz = {total}\n{names} = f({arguments})\nz = z * ({total})",
    "truth": "def f({parameters}, c):\n  return {values}, a0 > 0.5, not c\n{names}, d, k = f({arguments}, x > 0)\n"
    "z = {total} if d and not k else x",
    "itself": "def f(n, {parameters}):\n  if n < 1:\n    return {values}\n"
    "  else:\n    {names} = f(n - 1, {parameters})\n    return"
    " {names}\nz = 0\nfor i in range(3):\n  {names} = f(i, {arguments})\n  z = z + {total}",
}.items()}  # fmt: skip


@pytest.mark.parametrize("name", WIDE)
def test_what_is_handed_over_in_memory_has_the_same_bits(name: str) -> None:
    program = lang.parse(f"x = ?\n{WIDE[name]}\n")
    one, other = (program.compile("z", engine=each) for each in ("native", "python"))
    for x in (0.7, -0.4, 3.1):
        assert one.value_and_grad(x) == other.value_and_grad(x)
    assert one.engine == "native"
    made: Any = one._codes.of("gradient")
    heads = [line for line in made.text.split("\n") if line.startswith("define ") or " call " in line]
    assert max(line.count("double ") + line.count("i1 ") for line in heads) <= 2 * 16
