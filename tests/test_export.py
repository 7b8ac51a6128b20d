"""Exported programs, run by their own toolchains, compute what the interpreter computes.

All programs go through one Python process, one run of gcc and one of node; what is equal to the last bit and what to
1e-13 is what `lang.export.table` says.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import math
import random
import re
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.entry import prepare
from lang.errors import CommandError
from lang.export import LANGUAGES, export, latex
from lang.export.library import Library, _procedures
from lang.export.names import Names, ascii_name
from lang.export.table import ROWS, helper, spelling
from lang.kernels import KERNELS
from lang.limits import Limits
from lang.rules import Primitive, table
from lang.source import Source
from lang.syntax.parse import parse
from tests import programs

INF, NAN = math.inf, math.nan
GCC, NODE = shutil.which("gcc"), shutil.which("node")
TOOLS = {
    "python": (),
    "c": () if GCC else (pytest.mark.skip(reason="no C compiler here"),),
    "javascript": () if NODE else (pytest.mark.skip(reason="no node here"),),
}
in_each_language = pytest.mark.parametrize("language", [pytest.param(key, marks=TOOLS[key]) for key in LANGUAGES])

C_FLAGS = "-std=c99 -O2 -Wall -Wextra -Werror -pedantic -ffp-contract=off -fno-builtin -shared -fPIC"


def text_of(program: str, language: str, **options: Any) -> str:
    """A program in another language."""
    entry = prepare(Source(program, "program.ad"), Limits())
    return export(entry.steps, entry.source, language, **options)


# --- the toolchains ---------------------------------------------------------------------------------------------------


@dataclass
class Job:
    """A program, the points at which it runs, and its results in each language (after `run_all`)."""

    text: str
    points: list[tuple[float, ...]]
    inputs: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    boolean: bool = False
    values: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        program = lang.parse(self.text)
        self.inputs = program.inputs
        found = program.run(at=dict(zip(self.inputs, self.points[0], strict=True)), ieee=True).values
        if not self.results:
            self.results = tuple(name for name in found if name not in self.inputs)
        self.boolean = isinstance(found.get(self.results[0]), bool)

    def expected(self, point: tuple[float, ...]) -> tuple[float, ...]:
        """What the interpreter gives."""
        given = dict(zip(self.inputs, point, strict=True))
        values = lang.parse(self.text).run(at=given, ieee=True, kinks="silent").values
        return tuple(float(values.get(name, NAN)) for name in self.results)

    def exported(self, language: str, name: str, **options: Any) -> str:
        return text_of(self.text, language, name=name, results=self.results, **options)


def run_python(jobs: Sequence[Job], folder: Path) -> None:
    for at, job in enumerate(jobs):
        scope: dict[str, Any] = {}
        exec(compile(job.exported("python", f"program_{at}"), "exported.py", "exec"), scope)
        found = [scope[f"program_{at}"](*point) for point in job.points]
        rows = [tuple(each.values()) if isinstance(each, dict) else (each,) for each in found]
        job.values["python"] = [tuple(map(float, row)) for row in rows]


def run_c(jobs: Sequence[Job], folder: Path) -> None:
    files = []
    for at, job in enumerate(jobs):
        files.append(folder / f"program_{at}.c")
        files[-1].write_text(job.exported("c", f"program_{at}"), encoding="utf-8")
    groups = [files[at::8] for at in range(8) if files[at::8]]
    running = []
    for at, group in enumerate(groups):
        command = [str(GCC), *C_FLAGS.split(), "-o", str(folder / f"all_{at}.so"), *map(str, group), "-lm"]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
    for each in running:
        _, complaints = each.communicate()
        assert (each.returncode, complaints) == (0, "")
    libraries = [ctypes.CDLL(str(folder / f"all_{at}.so")) for at in range(len(groups))]
    for at, job in enumerate(jobs):
        function = libraries[at % 8][f"program_{at}"]
        job.values["c"] = [called(function, point, job.results, job) for point in job.points]


def called(function: Any, point: tuple[float, ...], results: tuple[str, ...], job: Job) -> tuple[float, ...]:
    """One call of a C function through its documented signature."""
    arguments = [ctypes.c_double(each) for each in point]
    if len(results) > 1:
        array = (ctypes.c_double * len(results))()
        function.restype = None
        function(*arguments, array)
        return tuple(array)
    function.restype = ctypes.c_bool if job.boolean else ctypes.c_double
    return (float(function(*arguments)),)


RUNNER = """
const bits = new DataView(new ArrayBuffer(8));
const read = (hex) => (bits.setBigUint64(0, BigInt("0x" + hex)), bits.getFloat64(0));
const write = (x) => (bits.setFloat64(0, Number(x)), bits.getBigUint64(0).toString(16).padStart(16, "0"));
const jobs = JSON.parse(require("fs").readFileSync("jobs.json"));
const answers = jobs.map(({ points, results }, at) => {
  const f = require(`./program_${at}.js`)[`program_${at}`];
  return points.map((point) => {
    const found = f(...point.map(read));
    return typeof found === "object" ? results.map((name) => write(found[name])) : [write(found)];
  });
});
console.log(JSON.stringify(answers));
"""


def run_javascript(jobs: Sequence[Job], folder: Path) -> None:
    for at, job in enumerate(jobs):
        (folder / f"program_{at}.js").write_text(job.exported("javascript", f"program_{at}"), encoding="utf-8")
    asked = [
        {"points": [[bits(each) for each in point] for point in job.points], "results": job.results} for job in jobs
    ]
    (folder / "jobs.json").write_text(json.dumps(asked), encoding="utf-8")
    (folder / "run.js").write_text(RUNNER, encoding="utf-8")
    done = subprocess.run([str(NODE), "--stack-size=4000", "run.js"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for job, rows in zip(jobs, json.loads(done.stdout), strict=True):
        job.values["javascript"] = [tuple(map(number, row)) for row in rows]


def bits(value: float) -> str:
    return struct.pack(">d", float(value)).hex()


def number(text: str) -> float:
    found: float = struct.unpack(">d", bytes.fromhex(text))[0]
    return found


RUNNERS: dict[str, Callable[[Sequence[Job], Path], None]] = {
    "python": run_python, "c": run_c, "javascript": run_javascript,
}  # fmt: skip


def run_all(jobs: Sequence[Job], folder: Path) -> None:
    """Run every job in every language that is here."""
    for language, run in RUNNERS.items():
        if not TOOLS[language]:
            (folder / language).mkdir()
            run(jobs, folder / language)


def difference(found: float, wanted: float) -> float:
    """The relative error; inf where one is nan or infinite and the other is not."""
    if found == wanted or (found != found and wanted != wanted):
        return 0.0
    gap = abs(found - wanted)
    return gap / max(abs(found), abs(wanted), 2.3e-308) if gap < INF else INF


# --- every construct --------------------------------------------------------------------------------------------------

PROGRAMS = """
#: straight
x = ?
y = ?
a = x * y
b = sin(x)
z = a + b
#: precedence
x = ?
y = ?
a = x - (y - x) - -y
b = -x**2 + (-x)**2 - 2**-x / (y / x) / y
c = -(-x) - -(x + y) * -y
d = 2 if x < 0 else 1
#: divisions
x = ?
y = ?
a = x // y
b = x % y
c = x // 3 % 2
d = rem(x, y) + x / 0.1
e = 7 // x
#: powers
x = ?
y = ?
a = x**y
b = x**2 + x**-1 + x**0.5
c = 2**x
d = 1**y + (-1)**x
f = x**y**2
#: comparisons
x = ?
y = ?
a = x < y
b = x <= y
c = x > y
d = x >= y
e = x == y
f = x != y
g = not a
#: logic
x = ?
y = ?
a = x < y and y < 2 or not x > 0
b = (x < 1 or y < 1) and (x > 0 or y > 0)
c = 0 < x < y <= 2
d = 1 if a and not b else 2 if c else 3
e = (1 if x > 0 else 2) + (3 if y > 0 else 4)
#: branches
x = ?
y = ?
if x > 1:
    z = x
elif x + y > 0.5:
    z = y
    w = z * 2
else:
    if y > 1:
        z = 3
    else:
        z = 4
if y < 0:
    w = 1
else:
    w = 2
#: long conditions
x = ?
y = ?
if x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x > 2:
    z = 1
elif x*y*x*y*x*y*x*y*x*y*x*y*x*y*x*y*x > y*x*y*x:
    z = 2
elif y > 0:
    z = 3
else:
    z = 4
#: while
x = ?
y = ?
n = 0
s = x
while s * s + 1 < 50 and n < 20:
    s = s + abs(y) + 0.1
    n += 1
#: while with a setup
x = ?
y = ?
n = 0
while n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n < abs(x)*100:
    n = n + 0.5
#: for
x = ?
y = ?
s = 0
for i in range(5):
    s = s + i * x
for i in range(2, 6):
    for j in range(i, 0, -2):
        s = s + i / (j + y * y)
#: loop variables
x = ?
y = ?
s = 0
n = floor(abs(x)) + 2
for i in range(n):
    n = n - 1
    i = i * 2
    s = s + i
last = i
for k in range(3):
    for k in range(2):
        s = s + k
    s = s + k
#: loops that count with a name that had a value
x = ?
y = ?
i = 5
s = x + i
for i in range(3):
    s = s * y + i
for e in range(2):
    s = s + e * x
last = i + e
#: macros of C
x = ?
y = ?
FP_ILOGB0 = x + y
MATH_ERRNO = x * y
M_PI = FP_ILOGB0 - MATH_ERRNO
FD_SETSIZE = M_PI * 2
WNOHANG(BIG_ENDIAN) = BIG_ENDIAN + 1
z = WNOHANG(FD_SETSIZE)
#: functions of C
x = ?
y = ?
printf(conj) = conj * conj + 1
strlen(a) = printf(a) - y
isalpha(a) = strlen(a) * 2
cexp(a) = isalpha(a) + 3
fork(a) = cexp(a) / 7
mkstemp(a) = fork(a) - x
u_char(a) = mkstemp(a) + 0.5
z = u_char(y)
#: a function that is called as ours are, with letters before
x = ?
y = ?
dad_pop(x) = x * y
dad_push(a) = dad_pop(a) + 1
struct_ad_stack = dad_push(x)
#: strides
x = ?
y = ?
s = 0
d = 1 if x > 0 else -2
for i in range(3 * d, 10 * d, d):
    s = s + i
t = 0
for i in range(floor(y), 4, ceil(x) if x > 0.5 else 1):
    t = 2 * t + i
#: functions
x = ?
y = ?
f(a, b) = a * b + a
def g(a):
    b = f(a, a) - y
    if b > 0:
        return b
    else:
        c = -b
        return c * x
z = g(x) + f(2, y)
x = z
w = g(1)
#: several results
x = ?
y = ?
def f(a, b):
    if a > b:
        return a, b
    else:
        return b, a * 2
p, q = f(x, y)
q, p = f(p, 1)
for i in range(3):
    p, r = f(p * 2, q)
a, b = x, y
a, b = b, a
#: recursion
x = ?
y = ?
def f(n, a):
    if n <= 0:
        return a
    else:
        return f(n - 1, a * x) + g(n - 2)
g(n) = 1 if n < 1 else f(n - 1, y)
z = f(6, 0.5)
#: names of the program
x = ?
y = ?
f(a) = a * x
def g(a):
    x = a + 1
    return f(x) + y
z = g(2)
x = 3
w = g(2)
#: redefinition
x = ?
y = ?
f(a) = a + 1
g(a) = f(a) * y
z = g(x)
f(a) = a - 5
w = g(x)
v = f(y)
f(a) = a - 5
u = f(x)
#: user rule
x = ?
y = ?
f(a) = a**3
c = f(a) => dc = 3 * a**2 * da
z = f(x) + y
#: booleans
x = ?
y = ?
big(a) = a > 1
p = big(x)
q = p
if not q:
    q = y > 0
z = where(q, 1, 2) + where(p, x, y)
r = x > y
r = 5 if r else 6
#: missing values
x = ?
y = ?
if x > 0:
    a = y
z = 2 if x <= 0 else a
#: stacks
x = ?
y = ?
def save(a):
    b = a * 2
    push a
    push2 b
    return a + 1
n = 0
s = x
while s < 200:
    push s
    s = save(abs(s)) * 2 + abs(y)
    n = n + 1
t = 0
for i in range(n):
    a = pop()
    b = pop2()
    c = pop()
    t = t + a * b - c
push x
d = pop()
#: inputs late
y = 2
a = y * 3
x = ?
x = x * a
y = ? 3
z = x + y
e = 4
w = e * pi
#: shadows
e = ?
tau = ?
z = e + tau
pi = 3
w = pi
#: constants
x = ?
y = ?
a = 0.1 + 1e300 * 1e-5
b = 1e22 + 123456789012345678 + -0.0
c = 2
d = 1 < 2
z = x * c
#: shown and asked
x = ?
y = ?
z = x * y
z
grad z
x, z * 2
w = z
#: hostile names
double = ?
int = ?
var = double + int
y0 = var
j1 = 1
function = 2
arguments = 3
eval = 4
let = 5
math = 6
Math = 7
float = 8
NAN = 9
results = 10
program = 11
struct = 12
__proto__ = 13
_Bool = 14
undefined = 15
ad_divide = 16
main = 17
NaN = 18
range = 19
map = 20
void = 21
errno = 22
var_1 = 23
module = 24
constructor = 25
θ = 26
theta = 27
Θ = 28
é = 29
u03B8 = 30
名 = 31
ς = 32
hypotf = double / int
ad_pow = double ** int
__debug__ = 1
stack = 3
lambda_ = 4
this = 5
free = 6
abs_ = abs(double)
f(double, while_) = double * while_ + var
z = f(y0, θ)
goto = f(z, j1)
#: hostile functions
x = ?
y = ?
double(a) = a * 2
function(int) = int + y
program_0(a) = a
ty(a, b) = a - b
z = double(function(x)) + program_0(y) + ty(x, y)
def y1(t):
    for default in range(3):
        t = t + default
    return t, t + 1
p, q = y1(x)
"""
CONSTRUCTS = dict(part.split("\n", 1) for part in PROGRAMS.split("#: ")[1:])

NEWTON = """
x = ?
y = ?
root = x * x + 1
for i in range(5):
    root = (root + (x * x + y * y) / root) / 2
z = exp(-root) * y
"""
BRANCHY = """
x = ?
y = ?
def f(a, b):
    s = a
    for i in range(4):
        if s > b:
            s = s - b * sin(a)
        else:
            s = s * s / 2 + a
    return s
z = f(x, y)
while abs(z) > 1:
    z = z / (1 + x * x + 0.5)
"""

POINTS = [(2.0, 3.0), (-1.5, 0.25), (0.5, -2.0), (3.25, 1.0), (1.0, 1.0), (0.75, 4.2)]


def derived() -> Iterator[str]:
    """Derivative programs, as the language prints them."""
    for text in (CONSTRUCTS["straight"], NEWTON, BRANCHY):
        program = lang.parse(text)
        yield str(program.forward("z"))
        yield str(program.reverse("z"))


def random_programs() -> Iterator[Job]:
    """Seeded random programs that call no derivative."""
    for seed in range(70):
        made = programs.generate(seed)
        if "'" not in made.text:
            yield Job(made.text, [tuple(made.inputs.values())], results=("z",))


@pytest.fixture(scope="module")
def constructs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Job]:
    jobs = {name: Job(text, POINTS) for name, text in CONSTRUCTS.items()}
    for at, text in enumerate(derived()):
        inputs = len(lang.parse(text).inputs)
        jobs[f"derived {at}"] = Job(text, [(point * 2)[:inputs] for point in POINTS[:3]])
    run_all(list(jobs.values()), tmp_path_factory.mktemp("constructs"))
    return jobs


def assert_agree(job: Job, language: str, bound: float) -> None:
    for point, found in zip(job.points, job.values[language], strict=True):
        wanted = job.expected(point)
        worst = max(map(difference, found, wanted))
        assert worst <= bound, (language, point, dict(zip(job.results, zip(found, wanted, strict=True), strict=True)))


@in_each_language
@pytest.mark.parametrize("name", [*CONSTRUCTS, *(f"derived {at}" for at in range(6))])
def test_a_construct_gives_what_the_interpreter_gives(name: str, language: str, constructs: dict[str, Job]) -> None:
    assert_agree(constructs[name], language, 1e-13 if language == "javascript" else 0.0)


def test_random_programs_agree(tmp_path: Path) -> None:
    jobs = list(random_programs())
    assert len(jobs) >= 20
    run_all(jobs, tmp_path)
    for job in jobs:
        for language in job.values:
            exact = language == "python" or (language == "c" and "hypot" not in job.text)
            assert_agree(job, language, 0.0 if exact else 1e-12)


# --- every primitive --------------------------------------------------------------------------------------------------

SPECIAL = (0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 3.0, -2.0, -3.5, 0.3, -7.25, 1e-20, 1e-300, -1e300, 1e300, 171.0,
           4503599627370497.0, INF, -INF, NAN)  # fmt: skip

SHORT = frozenset((
    "logaddexp", "lgamma", "digamma", "trigamma", "polygamma", "polygamma_diff", "beta", "lbeta", "polybeta",
    "polysinc",
))  # fmt: skip
"""What the interpreter computes with more digits, or by another formula, than `lang.export.library`."""

OTHER_CODE = SHORT | {"hypot", "gamma"}
"""Where Python has its own code, not the C library's."""


def domain_points(primitive: Primitive) -> list[tuple[float, ...]]:
    """Ordinary, special and extreme operands."""
    rng = random.Random(primitive.name)
    orders = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
    if primitive.name in ("polygamma", "polysinc"):
        return list(itertools.product(orders, [*SPECIAL, *(rng.uniform(-20, 20) for _ in range(20))]))
    if primitive.name == "polygamma_diff":
        return [(n, rng.uniform(0.01, 30), rng.uniform(0, 30)) for n in orders for _ in range(10)]
    if primitive.name == "polybeta":
        sizes = [10 ** rng.uniform(*ends) for ends in ((-1, 1), (-1, 1), (-250, 0), (0, 2), (2, 60)) for _ in range(2)]
        return [(n, m, *rng.sample(sizes, 2)) for n in orders[:4] for m in orders[:4] for _ in range(5)]
    if primitive.name == "powlog":
        return [(rng.uniform(0, 9), rng.uniform(-9, 9), n) for n in orders[:4] for _ in range(10)]
    if primitive.name == "clamp":
        return [(rng.uniform(-3, 3), rng.uniform(-3, 0), rng.uniform(0, 3)) for _ in range(20)] + [(1.0, 2.0, 0.0)]
    if primitive.arity == 1:
        ranges = ((-30, 30), (-1.2, 1.2), (0, 200))
        return [(each,) for each in SPECIAL] + [(rng.uniform(*each),) for each in ranges for _ in range(40)]
    pairs = [(math.exp(rng.uniform(-6, 6)), math.exp(rng.uniform(-6, 6))) for _ in range(40)]
    return [*itertools.product(SPECIAL, SPECIAL), *pairs, *((a, -b) for a, b in pairs)]


def call_text(primitive: Primitive) -> str:
    names = ["a", "b", "c", "d"][: primitive.arity]
    if primitive.is_operator:
        call = f" {primitive.name} ".join(names) if primitive.arity == 2 else f"{primitive.name}a"
    else:
        call = f"{primitive.name}({', '.join(names)})"
    return "".join(f"{name} = ?\n" for name in names) + f"z = {call}"


PRIMITIVES = {f"{each.name}/{each.arity}": each for each in table().primitives if not each.discrete}


@pytest.fixture(scope="module")
def primitives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Job]:
    jobs = {}
    for key, each in PRIMITIVES.items():
        jobs[key] = Job(call_text(each), [(1.0,) * each.arity], results=("z",))
        jobs[key].points = domain_points(each)
    run_all(list(jobs.values()), tmp_path_factory.mktemp("primitives"))
    return jobs


@in_each_language
@pytest.mark.parametrize("key", PRIMITIVES)
def test_a_primitive_gives_what_its_kernel_gives(key: str, language: str, primitives: dict[str, Job]) -> None:
    primitive = PRIMITIVES[key]
    exact = {"python": SHORT, "c": OTHER_CODE, "javascript": set(PRIMITIVES)}[language]
    bound = 0.0 if primitive.name not in exact and language != "javascript" else 1e-13
    for point, (found,) in zip(primitives[key].points, primitives[key].values[language], strict=True):
        wanted = KERNELS[primitive.name, primitive.arity](*point)
        if any(map(math.isnan, point)) and math.isnan(found):
            continue
        assert difference(found, wanted) <= bound, (point, found, wanted)
        assert found != 0.0 or wanted != 0.0 or math.copysign(1, found) == math.copysign(1, wanted), (
            point,
            found,
            wanted,
        )


def test_a_primitive_without_a_spelling_is_in_the_library() -> None:
    for each in PRIMITIVES.values():
        for language in LANGUAGES:
            arguments = ("a", "b", "c", "d")[: each.arity]
            if not spelling(language, each.name, arguments).text and each.name not in "+-":
                assert Library().routine(helper(each.name, each.arity)) is not None, (each.name, language)


def test_every_row_of_the_table_is_a_primitive_or_raw() -> None:
    names = {each.name for each in table().primitives}
    assert {name for name in ROWS if not name.startswith("raw_")} <= names


def test_no_function_of_the_library_is_without_use() -> None:
    wanted = {helper(each.name, each.arity) for each in table().primitives} | {"ad_raw_lgamma"}
    used = set(wanted)
    for name in wanted & _procedures().keys():
        library = Library()
        library.routine(name)
        used.update(each.name for each in library.reader.routines.values())
    assert _procedures().keys() <= used


# --- names ------------------------------------------------------------------------------------------------------------


HOSTILE = "double double_1 int θ theta Θ theta_1 ς σ é e _x __x v_x 名 u540D y0 gamma π lambda NaN NAN x stack_1"


@in_each_language
def test_hostile_names_never_collide(language: str) -> None:
    words = [*HOSTILE.split(), "stack 1", "program x"]
    names = Names(language)
    names.keep(words)
    spelled = [names.of(each) for each in words]
    assert len(set(spelled)) == len(words)
    assert all(each.isidentifier() and each not in names.reserved for each in spelled)
    assert language != "c" or all(each.isascii() for each in spelled)


def names_of_headers(standard: str, folder: Path) -> list[str]:
    """What the headers that exported C includes define and declare, as far as a program may call something so."""
    header = folder / "all.c"
    header.write_text("#include <math.h>\n#include <stdbool.h>\n#include <stdlib.h>\n")
    command = [str(GCC), f"-std={standard}", "-E", str(header)]
    read = {key: subprocess.run([*command, *key.split()], capture_output=True, text=True, check=True).stdout
            for key in ("-dM", "-P")}
    found = {line.split()[1].partition("(")[0] for line in read["-dM"].splitlines()}
    found.update(re.findall(r"([A-Za-z]\w*) *\(", read["-P"]))
    found.update(re.findall(r"typedef[^;{}]*\b(\w+);", read["-P"]))
    return sorted(each for each in found if each[0] != "_" and may_be_called(each))


def may_be_called(name: str) -> bool:
    try:
        lang.parse(f"{name}(x) = x")
    except lang.errors.AdError:
        return False
    return True


@pytest.mark.skipif(GCC is None, reason="no C compiler here")
@pytest.mark.parametrize("standard", ["c99", "gnu17"])
def test_no_name_means_what_the_headers_of_c_say(standard: str, tmp_path: Path) -> None:
    names = names_of_headers(standard, tmp_path)
    assert len(names) > 100
    saved = "push x\ny = pop()\n"  # brings in stdlib.h
    functions = "".join(f"{each}(x) = x * x + {at}\n" for at, each in enumerate(names))
    summed = "".join(f"z = z + {each}(x)\n" for each in names)
    (tmp_path / "functions.c").write_text(text_of(f"x = ?\n{saved}z = y > x\n{functions}z = x\n{summed}", "c"))
    given = "".join(f"{each} = x + {at}\n" for at, each in enumerate(names))
    total = " + ".join(names)
    (tmp_path / "variables.c").write_text(text_of(f"x = ?\n{saved}z = y > x\n{given}z = {total}", "c", name="other"))
    command = f"{GCC} -std={standard} -Wall -Wextra -Werror -pedantic -c functions.c variables.c"
    done = subprocess.run(command.split(), cwd=tmp_path, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_greek_becomes_its_name_in_c() -> None:
    assert [ascii_name(each) for each in ("θ", "Θ", "ς", "learning_rate", "x̄"[:1] + "é", "名", "_A", "λ2")] == [
        "theta", "Theta", "sigma", "learning_rate", "xe", "u540D", "v_A", "lamda2"]  # fmt: skip


@in_each_language
def test_names_that_a_language_takes_stay(language: str) -> None:
    text = text_of("loss = ?\nrate_2 = loss * 2\nt1 = rate_2 + 1", language)
    assert "rate_2 = " in text
    assert "t1 = " in text


def test_a_text_of_the_program_cannot_end_a_comment() -> None:
    text = 'x = ?\n# first */ then """ and \\\nz = x * 2  # */\nz\n'
    for language in LANGUAGES:
        assert "then" not in text_of(text, language)


# --- errors -----------------------------------------------------------------------------------------------------------


@in_each_language
@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("f(x) = x**2\nz = f'(3)", {}, "the derivative of `f` must be expanded"),
        ("x = ?\nz = sin'(x)", {}, "the derivative of `sin` must be expanded"),
        ("x = ?\nx + 1", {}, "gives no name a value"),
        ("x = ?\nz = x", {"results": ("w",)}, "gives no value to `w`"),
        ("x = ?\nz = x", {"name": "f(); g"}, "cannot be the name of a function"),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_an_error_with_its_place(
    text: str, options: dict[str, Any], words: str, language: str
) -> None:
    with pytest.raises(CommandError) as caught:
        text_of(text, language, **options)
    assert words in caught.value.message
    if "'" in text:
        assert caught.value.source is not None
        assert caught.value.source.slice(caught.value.span or (0, 0)).endswith(")")


@pytest.mark.parametrize("later", ["z = x + 1", "z = f(2)", "z = g(2)"])
def test_what_an_earlier_text_defined_is_missed_in_a_later_one(later: str) -> None:
    session = lang.Session()
    assert session.run("x = 3\nf(a) = a + x").ok
    entry = prepare(Source("g(a) = a * x\n" + later), Limits(), session.scope, session._functions)
    with pytest.raises(CommandError, match="in what is exported"):
        export(entry.steps, entry.source, "python")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(CommandError, match="python, c, javascript"):
        text_of("x = ?\nz = x", "cobol")


def test_what_is_left_out_may_be_what_cannot_be_exported() -> None:
    assert "return z" in text_of("x = ?\nz = x + 1\nsin'(x)\nw = sin'(x)", "python", results=("z",))


def test_python_refuses_more_loops_than_it_can_read() -> None:
    depth = 21
    text = (
        "x = ?\nz = 0\n"
        + "".join("    " * at + f"for i{at} in range(2):\n" for at in range(depth))
        + "    " * depth
        + "z = z + x"
    )
    with pytest.raises(CommandError, match="20 loops"):
        text_of(text, "python")
    text_of(text, "c")


@in_each_language
def test_large_programs_are_exported(language: str) -> None:
    total = " + ".join(["x"] * 20_000)
    nested = "sin(" * 2_000 + "x" + ")" * 2_000
    chain = " ".join(f"{at} if x < {at} else" for at in range(2_000)) + " 0"
    lines = text_of(f"x = ?\na = {total}\nb = {nested}\nc = {chain}", language).splitlines()
    assert max(map(len, lines)) < 300


# --- what people read -------------------------------------------------------------------------------------------------

LECTURE = "x = ?\ny = ? 1.5\na = x * y\nb = sin(x)\nz = a + b\n"

PYTHON_PLAIN = '''"""A program of adlang.
Inputs: x, y (default 1.5).
Gives a dictionary of a, b, z.
Python 3.11 or later. Where no finite real number exists, it raises ZeroDivisionError, ValueError or
OverflowError.
"""

import math


def program(x, y=1.5):
    a = x * y
    b = math.sin(x)
    z = a + b
    return {"a": a, "b": b, "z": z}
'''

PYTHON_IEEE = '''"""A program of adlang.
Inputs: x, y (default 1.5).
Gives z.
Python 3.11 or later. Where no finite real number exists, inf and nan flow on (IEEE 754).
"""

import math


def ad_total(function, pole=math.nan):
    """The function, with IEEE's inf and nan where Python raises; `pole` is its value at 0."""

    def value(*operands):
        try:
            return function(*operands)
        except OverflowError:
            return math.inf
        except ValueError:
            return pole if operands[0] == 0.0 else math.nan

    return value


sin = ad_total(math.sin)


def program(x, y=1.5):
    a = x * y
    b = sin(x)
    z = a + b
    return z
'''

C_TEXT = """/*
 * A program of adlang.
 * Inputs: x, y (default 1.5).
 * Fills results with a, b, z.
 * C99: link with -lm; with -ffp-contract=off -fno-builtin the last bits are the interpreter's, too.
 * Where no finite real number exists, inf and nan flow on (IEEE 754).
 */

#include <math.h>

void program(double x, double y, double results[3])
{
    double a = x * y;
    double b = sin(x);
    double z = a + b;
    results[0] = a;
    results[1] = b;
    results[2] = z;
}
"""

JAVASCRIPT_TEXT = """// A program of adlang.
// Inputs: x, y (default 1.5).
// Gives an object of a, b, z.
// JavaScript for browsers and node; its Math may differ from the C library in the last digits.
// Where no finite real number exists, NaN and Infinity flow on (IEEE 754).

function program(x, y = 1.5) {
  const a = x * y;
  const b = Math.sin(x);
  const z = a + b;
  return { a, b, z };
}

if (typeof module !== "undefined") {
  module.exports = { program };
}
"""


def test_the_lecture_program_reads_well_in_each_language() -> None:
    assert text_of(LECTURE, "python", ieee=False) == PYTHON_PLAIN
    assert text_of(LECTURE, "python", results=("z",)) == PYTHON_IEEE
    assert text_of(LECTURE, "c") == C_TEXT
    assert text_of(LECTURE, "javascript") == JAVASCRIPT_TEXT


def body(program: str, language: str = "python", **options: Any) -> list[str]:
    """The lines of the exported function itself."""
    text = text_of(program, language, ieee=False, **options)
    start = text.index({"python": "def program", "c": "program(", "javascript": "function program"}[language])
    return [line.strip() for line in text[start:].splitlines()[1:]]


def test_temporaries_become_expressions() -> None:
    assert body("x = ?\ny = ?\nz = x * y + sin(x) / (x - (y - 1))")[0] == "z = x * y + math.sin(x) / (x - (y - 1.0))"
    assert body("x = ?\nz = 1 + (2 if 0 < x < 3 and x != 1 else -x**2)")[0] == (
        "z = 1.0 + (2.0 if 0.0 < x and x < 3.0 and x != 1.0 else -(x * x))"
    )
    assert body("x = ?\nz = x\nwhile z * 2 < 10:\n    z = z + 1")[1:3] == ["while z * 2.0 < 10.0:", "z = z + 1.0"]


def test_javascript_never_negates_a_power_without_parentheses() -> None:
    assert body("x = ?\nz = -x**2 + (-x)**3", "javascript")[0] == "const z = -(x * x) + (-x) ** 3;"


def test_a_square_is_a_product_whatever_the_exponent_came_from(tmp_path: Path) -> None:
    assert body("x = ?\ny = ?\nz = (x + y)**2")[:2] == ["t1 = x + y", "z = t1 * t1"]
    points = [(2.2131, 2.0), (1.2704, 2.0), (-1.0204, 2.0), (1.2704, 3.0)]
    job = Job("x = ?\ny = ?\nz = x**2\nw = x**y\nv = x**3", points)
    run_all([job], tmp_path)
    for language in job.values:
        assert [each[0] for each in job.values[language]] == [x * x for x, _ in job.points]
        assert_agree(job, language, 1e-13 if language == "javascript" else 0.0)


def test_what_nothing_needs_is_left_out() -> None:
    assert body("x = ?\na = exp(x)\nb = a * 2\nz = x + 1\nif a > 1:\n    c = 3", results=("z",)) == [
        "z = x + 1.0",
        "return z",
    ]


def test_defaults_stand_where_python_takes_them() -> None:
    text = text_of("a = ? 1\nb = ?\nc = ? 2*pi\nz = a + b + c", "python")
    assert "def program(a, b, c=6.283185307179586):" in text
    assert "Inputs: a (default 1), b, c (default 6.283185307179586)." in text
    assert "function program(a = 1, b, c = 6.283185307179586) {" in text_of(
        "a = ? 1\nb = ?\nc = ? 2*pi\nz = a + b + c", "javascript"
    )


def test_plain_python_raises_where_the_language_stops() -> None:
    scope: dict[str, Any] = {}
    exec(text_of("x = ?\nz = 1 / x + log(x) + x**-2", "python", ieee=False), scope)
    assert scope["program"](2.0) == 0.5 + math.log(2) + 0.25
    with pytest.raises(ZeroDivisionError):
        scope["program"](0.0)


# --- mathematics ------------------------------------------------------------------------------------------------------


def mathematics(text: str, **options: Any) -> list[str]:
    """The rows of a listing."""
    whole = latex(parse(Source(text), Limits()), **options)
    assert whole.startswith("\\begin{align*}\n")
    assert whole.endswith("\n\\end{align*}\n")
    rows = whole.splitlines()[1:-1]
    assert all(row.endswith(" \\\\") for row in rows[:-1])
    return [row.removesuffix(" \\\\").strip() for row in rows]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a = x * y", r"a &= x \cdot y"),
        ("x_1 = x1 / (y2 + 1)", r"x_{1} &= \frac{x_{1}}{y_{2} + 1}"),
        ("z = sin(x)**2 + cos(x)**n", r"z &= \sin^{2}\left(x\right) + \left(\cos\left(x\right)\right)^{n}"),
        ("z = exp(-a**2) * sqrt(θ)", r"z &= \mathrm{e}^{-a^{2}} \cdot \sqrt{\theta}"),
        ("z = (a - (b - c)) - -2 * d", r"z &= a - \left(b - c\right) - \left(-2 \cdot d\right)"),
        ("z = (a / b)**2 - sqrt(c)**n - dx**2 * x_1**2",
         r"z &= \left(\frac{a}{b}\right)^{2} - \left(\sqrt{c}\right)^{n} - "
         r"\left(\mathrm{d}x\right)^{2} \cdot x_{1}^{2}"),
        ("z = (a + b)**c**d", r"z &= \left(a + b\right)^{c^{d}}"),
        ("learning_rate = 1e-7", r"\mathit{learning\_rate} &= 10^{-7}"),
        ("z = a // b % c", r"z &= \left\lfloor \frac{a}{b} \right\rfloor \mathbin{\mathrm{mod}} c"),
        ("z = log(a, 2) + log10(b) + erf(c)",
         r"z &= \log_{2}\left(a\right) + \log_{10}\left(b\right) + \operatorname{erf}\left(c\right)"),
        ("p = 0 < a <= 1 and not b == 2", r"p &= 0 < a \le 1 \land \lnot \left(b = 2\right)"),
        ("z = 1 if a > 0 else -a", r"z &= \begin{cases} 1 & \text{if } a > 0 \\ -a & \text{otherwise} \end{cases}"),
        ("x = ?", r"x &= \text{?}"),
        ("dx = ? 2", r"\mathrm{d}x &= \text{?}\quad (\text{default }2)"),
        ("ddx = dy1 + data", r"\mathrm{d}\mathrm{d}x &= \mathrm{d}y_{1} + \mathit{data}"),
        ("z = f''(x) + g'[a, b](x, y)",
         r"z &= f''\left(x\right) + \frac{\partial^{2} g}{\partial a \, \partial b}\left(x, y\right)"),
        ("z += 2", "z &= z + 2"),
        ("p, q = f(x), loss(y)", r"p, q &= f\left(x\right), \operatorname{loss}\left(y\right)"),
        ("f(x, y) = x * y", r"f\left(x, y\right) &= x \cdot y"),
        ("grad z_1 wrt x", r"& \text{grad z\_1 wrt x}"),
    ],
)  # fmt: skip
def test_a_statement_in_mathematics(text: str, row: str) -> None:
    assert mathematics(text) == [row]


def test_adjoints_wear_a_bar_when_told() -> None:
    assert mathematics("x = 1\ngx = 2\ngate = gx", adjoints=True)[1:] == [r"\bar{x} &= 2", r"\mathit{gate} &= \bar{x}"]
    assert mathematics("x = 1\ngx = 2")[1] == r"\mathit{gx} &= 2"


def test_blocks_are_indented_in_mathematics() -> None:
    text = (
        "def f(x):\n    if x > 1:\n        return x\n    else:\n        return -x\n"
        "for i in range(3):\n    s = i\nwhile s < 2:\n    s = s**2\n"
    )
    assert mathematics(text) == [
        r"& \text{def }f\left(x\right)\text{:}",
        r"& \quad \text{if }x > 1\text{:}",
        r"& \quad \quad \text{return }x",
        r"& \quad \text{else:}",
        r"& \quad \quad \text{return }-x",
        r"& \text{for }i\text{ in range}\left(3\right)\text{:}",
        r"& \quad s = i",
        r"& \text{while }s < 2\text{:}",
        r"& \quad s = s^{2}",
    ]


def test_deep_expressions_need_no_recursion_in_mathematics() -> None:
    assert len(mathematics("z = " + "(" * 5_000 + "x" + " + 1)" * 5_000)[0]) > 5_000


@in_each_language
def test_calls_for_what_they_save_have_no_name_that_nobody_reads(language: str, tmp_path: Path) -> None:
    """`v = f_saved(u)` in an adjoint program: gcc warns of a `v` that is not used."""
    text = "x = ?\ndef f(a):\n  s = a\n  while s > 0.1:\n    s = s * sin(s)\n  return s\nz = f(f(x)) + f(x * x)\n"
    adjoint = lang.parse(text).reverse("z")
    job = Job(str(adjoint), [(0.7,), (0.9,)], results=("gx",))
    {"python": run_python, "c": run_c, "javascript": run_javascript}[language]([job], tmp_path)
    assert job.values[language] == [pytest.approx(job.expected(point), rel=1e-13) for point in job.points]
