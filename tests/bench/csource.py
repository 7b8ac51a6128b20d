"""A workload -> the gradient a person would write in C, compiled by gcc -O3 (no -ffast-math: the same arithmetic).

Law: nothing of adlang is used; the derivatives of ten operations are written here a second time, so that agreement
means something.
"""

from __future__ import annotations

import ctypes
import functools
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import simd
from tests.bench.lines import Line
from tests.bench.workloads import Workload, calls

PARTIALS = {
    "+": ("{g}", "{g}"),
    "-": ("{g}", "-{g}"),
    "*": ("{g} * {b}", "{g} * {a}"),
    "/": ("{g} / {b}", "-{g} * {c} / {b}"),
    "sin": ("{g} * cos({a})",),
    "cos": ("-{g} * sin({a})",),
    "exp": ("{g} * {c}",),
    "log": ("{g} / {a}",),
    "sqrt": ("{g} / (2 * {c})",),
    "tanh": ("{g} * (1 - {c} * {c})",),
}


def statements(lines: Sequence[Line], inputs: Sequence[str]) -> list[str]:
    """The program and its adjoint as assignments that C and Python share (C wants `double ` and `;` around them)."""
    out = [f"{line.target} = {line.right}" for line in lines]
    adjoints: dict[str, str] = {lines[-1].target: "1.0"}
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        gradient = adjoints.pop(line.target, None)
        if gradient is None:
            continue
        for place, (operand, partial) in enumerate(zip(line.operands, PARTIALS[line.op], strict=True)):
            a, b = line.operands[0], line.operands[-1]
            term = partial.format(g=gradient, a=a, b=b, c=line.target)
            name = f"g{at}_{place}"
            out.append(f"{name} = {adjoints[operand]} + {term}" if operand in adjoints else f"{name} = {term}")
            adjoints[operand] = name
    return [*out, *(f"r_{name} = {adjoints.get(name, '0.0')}" for name in inputs)]


def _straight(work: Workload) -> str:
    names = list(work.point)
    body = [f"  const double {name} = p[{at}];" for at, name in enumerate(names)]
    body += [f"  const double {each};" for each in statements(work.lines, names)]
    body += [f"  g[{at}] = r_{name};" for at, name in enumerate(names)]
    return "double f(const double *p, double *g) {\n" + "\n".join(body) + "\n  return z;\n}\n"


LOOP_FORWARD = """
double f(const double *x, double *g) {
  double y = x[1], s = x[0], ds = 1.0;
  for (long i = 0; i < %(size)d; i++) {
    double t = y * s, dt = y * ds;
    s = s + 0.000001 * sin(t);
    ds = ds + 0.000001 * (cos(t) * dt);
  }
  g[0] = 2 * s * ds;
  return s * s;
}
"""
LOOP_REVERSE = """
static double saved[%(size)d];
double f(const double *x, double *g) {
  double y = x[1], s = x[0], gy = 0.0;
  for (long i = 0; i < %(size)d; i++) {
    saved[i] = s;
    s = s + 0.000001 * sin(y * s);
  }
  double z = s * s, gs = 2 * s;
  for (long i = %(size)d - 1; i >= 0; i--) {
    double gt = cos(y * saved[i]) * (0.000001 * gs);
    gy += saved[i] * gt;
    gs += y * gt;
  }
  g[0] = gs; g[1] = gy;
  return z;
}
"""
LIGHT = """
double f(const double *x, double *g) {
  double y = x[1], s = x[0], ds = 1.0;
  for (long i = 0; i < %(size)d; i++) {
    ds = ds * y;
    s = s * y + 0.25;
  }
  g[0] = 2 * s * ds;
  return s * s;
}
"""
CALLS_FORWARD = """
typedef struct { double value, slope; } dual;
static dual of(long n, dual a, double y) {
  if (n < 2) return a;
  dual p = of(n - 1, a, y), q = of(n - 2, a, y);
  return (dual){sin(p.value) + y * q.value, cos(p.value) * p.slope + y * q.slope};
}
double f(const double *x, double *g) {
  dual z = of(%(size)d, (dual){x[0], 1.0}, x[1]);
  g[0] = z.slope;
  return z.value;
}
"""
CALLS_REVERSE = """
static double saved[2 * %(calls)d], *top, ga, gy;
static double of(long n, double a, double y) {
  if (n < 2) return a;
  double p = of(n - 1, a, y), q = of(n - 2, a, y);
  *top++ = p;
  *top++ = q;
  return sin(p) + y * q;
}
static void back(long n, double y, double g) {
  if (n < 2) { ga += g; return; }
  double q = *--top, p = *--top;
  gy += q * g;
  back(n - 2, y, y * g);
  back(n - 1, y, cos(p) * g);
}
double f(const double *x, double *g) {
  top = saved;
  ga = gy = 0.0;
  double z = of(%(size)d, x[0], x[1]);
  back(%(size)d, x[1], 1.0);
  g[0] = ga;
  g[1] = gy;
  return z;
}
"""
ROSENBROCK = """
double f(const double *x, double *g) {
  double z = 0.0;
  for (int i = 0; i < %(size)d; i++) g[i] = 0.0;
  for (int i = 0; i < %(size)d - 1; i++) {
    double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    z += 100 * a * a + b * b;
    g[i] += -400 * a * x[i] - 2 * b;
    g[i + 1] += 200 * a;
  }
  return z;
}
"""
HESSIAN = """
double f(const double *x, double *h) {
  enum { n = %(size)d };
  double z = 0.0;
  for (int k = 0; k < n; k++) {
    double *g = h + k * n;
    for (int i = 0; i < n; i++) g[i] = 0.0;
    for (int i = 0; i < n - 1; i++) {
      double dx = i == k, dy = i + 1 == k;
      double a = x[i + 1] - x[i] * x[i], da = dy - 2 * x[i] * dx;
      g[i] += -400 * (da * x[i] + a * dx) + 2 * dx;
      g[i + 1] += 200 * da;
    }
  }
  for (int i = 0; i < n - 1; i++) {
    double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    z += 100 * a * a + b * b;
  }
  return z;
}
"""


FORMS = {
    ("loop", "jvp"): LOOP_FORWARD,
    ("loop", "gradient"): LOOP_REVERSE,
    ("light", "jvp"): LIGHT,
    ("recursion", "jvp"): CALLS_FORWARD,
    ("recursion", "gradient"): CALLS_REVERSE,
    ("rosenbrock", "gradient"): ROSENBROCK,
    ("rosenbrock", "hessian"): HESSIAN,
}


def source(work: Workload) -> str:
    """The C text of a workload."""
    if work.question == "batch":
        names = list(work.point)
        text = simd.batch(statements(work.lines, names), names)
    elif work.family == "lines":
        text = _straight(work)
    else:
        count = calls(work.size) if work.family == "recursion" else 0
        text = FORMS[work.family, work.question] % {"size": work.size, "calls": count}
    return "#include <math.h>\n" + text


@functools.cache
def folder() -> Path:
    """Where compiled code is kept for the time of the run."""
    found = tempfile.TemporaryDirectory(prefix="adlang-bench-")
    folder.kept = found  # type: ignore[attr-defined]  # removed when the process ends
    return Path(found.name)


def build(work: Workload, fast: bool = False) -> ctypes.CDLL:
    """The compiled library.

    Batches get all that this machine has: registers of SIMD, glibc's vector functions, all cores (see `simd`); and,
    where it is `fast`, arithmetic that is not what is written.
    """
    text, made = folder() / f"{work.key}.c", folder() / f"{work.key}.so"
    text.write_text(source(work))
    options = ["-O3", "-ffp-contract=off"]
    if work.question == "batch":
        options = ["-O3", "-march=native", "-fopenmp", *(["-ffast-math"] if fast else [])]
    libraries = ["-lmvec", "-lm"] if work.question == "batch" else ["-lm"]
    subprocess.run(["gcc", *options, "-shared", "-fPIC", "-o", made, text, *libraries], check=True)
    return ctypes.CDLL(str(made))
