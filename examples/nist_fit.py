"""Fits NIST's nonlinear regression problems with Jacobians from adlang, up to the certified parameters.

    python examples/nist_fit.py                 all 27 problems from both of NIST's starting points: a minute
    python examples/nist_fit.py Misra1a MGH09   some

Each problem becomes a program: the parameters are its inputs, and each observation adds one residual. SciPy's
`least_squares` moves the parameters; the residuals come from `program.run`, the exact Jacobian from
`program.jacobian`. One method (trust region reflective, SciPy's default) with one setting serves them all.

Source of data and certified values: National Institute of Standards and Technology, "Statistical Reference
Datasets: Nonlinear Regression" (public domain), the files in `data/nist`. The last line asks for six correct
digits of every parameter, from both starts.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

import lang

DATA = Path(__file__).parent / "data" / "nist"

# The models as NIST writes them, in the language.
MODELS = {
    "Bennett5": "b1 * (b2 + x)**(-1 / b3)",
    "BoxBOD": "b1 * (1 - exp(-b2 * x))",
    "Chwirut1": "exp(-b1 * x) / (b2 + b3 * x)",
    "Chwirut2": "exp(-b1 * x) / (b2 + b3 * x)",
    "DanWood": "b1 * x**b2",
    "ENSO": "b1 + b2 * cos(tau * x / 12) + b3 * sin(tau * x / 12) + b5 * cos(tau * x / b4)"
            " + b6 * sin(tau * x / b4) + b8 * cos(tau * x / b7) + b9 * sin(tau * x / b7)",
    "Eckerle4": "b1 / b2 * exp(-((x - b3) / b2)**2 / 2)",
    "Gauss1": "b1 * exp(-b2 * x) + b3 * exp(-((x - b4) / b5)**2) + b6 * exp(-((x - b7) / b8)**2)",
    "Gauss2": "b1 * exp(-b2 * x) + b3 * exp(-((x - b4) / b5)**2) + b6 * exp(-((x - b7) / b8)**2)",
    "Gauss3": "b1 * exp(-b2 * x) + b3 * exp(-((x - b4) / b5)**2) + b6 * exp(-((x - b7) / b8)**2)",
    "Hahn1": "(b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)",
    "Kirby2": "(b1 + b2 * x + b3 * x**2) / (1 + b4 * x + b5 * x**2)",
    "Lanczos1": "b1 * exp(-b2 * x) + b3 * exp(-b4 * x) + b5 * exp(-b6 * x)",
    "Lanczos2": "b1 * exp(-b2 * x) + b3 * exp(-b4 * x) + b5 * exp(-b6 * x)",
    "Lanczos3": "b1 * exp(-b2 * x) + b3 * exp(-b4 * x) + b5 * exp(-b6 * x)",
    "MGH09": "b1 * (x**2 + x * b2) / (x**2 + x * b3 + b4)",
    "MGH10": "b1 * exp(b2 / (x + b3))",
    "MGH17": "b1 + b2 * exp(-x * b4) + b3 * exp(-x * b5)",
    "Misra1a": "b1 * (1 - exp(-b2 * x))",
    "Misra1b": "b1 * (1 - (1 + b2 * x / 2)**-2)",
    "Misra1c": "b1 * (1 - (1 + 2 * b2 * x)**-0.5)",
    "Misra1d": "b1 * b2 * x / (1 + b2 * x)",
    "Nelson": "b1 - b2 * x1 * exp(-b3 * x2)",      # of the logarithm of y
    "Rat42": "b1 / (1 + exp(b2 - b3 * x))",
    "Rat43": "b1 / (1 + exp(b2 - b3 * x))**(1 / b4)",
    "Roszman1": "b1 - b2 * x - atan(b3 / (x - b4)) / pi",
    "Thurber": "(b1 + b2 * x + b3 * x**2 + b4 * x**3) / (1 + b5 * x + b6 * x**2 + b7 * x**3)",
}


@dataclass(frozen=True)
class Problem:
    """A problem as its file states it: starts and certified values; rows (y, x) or (y, x1, x2)."""

    name: str
    starts: np.ndarray
    certified: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True)
class Fit:
    """How a fit ended: the correct digits of the worst parameter, and how often the program was run."""

    digits: float
    values: int
    jacobians: int


def read(name: str) -> Problem:
    """A problem from its file: lines `b1 = start1 start2 certified deviation`; the data from line 61 on."""
    lines = (DATA / f"{name}.dat").read_text(encoding="ascii").splitlines()
    parameters = [line.split("=")[1].split() for line in lines[40:60] if re.match(r"\s*b\d+\s*=", line)]
    numbers = np.array([[float(text) for text in row[:3]] for row in parameters])
    rows = np.array([[float(text) for text in line.split()] for line in lines[60:] if line.strip()])
    return Problem(name, numbers[:, :2].T, numbers[:, 2], rows)


def program_of(problem: Problem) -> lang.Program:
    """The program whose inputs are the parameters and whose results r0, r1, ... are the residuals."""
    inputs = [f"b{number} = ?" for number in range(1, len(problem.certified) + 1)]
    predictors = ["x"] if problem.rows.shape[1] == 2 else ["x1", "x2"]
    model = f"model({', '.join(predictors)}) = {MODELS[problem.name]}"
    residuals = []
    for number, (y, *x) in enumerate(problem.rows.tolist()):
        wanted = math.log(y) if problem.name == "Nelson" else y
        residuals.append(f"r{number} = model({', '.join(map(repr, x))}) - {wanted!r}")
    return lang.parse("\n".join([*inputs, model, *residuals]), name=f"{problem.name}.ad")


def correct_digits(found: np.ndarray, certified: np.ndarray) -> float:
    """The smallest log relative error, NIST's measure; at most 11, the digits of the certified values."""
    worst = (np.abs(found - certified) / np.abs(certified)).max()
    return -math.log10(max(worst, 1e-11))


def fit(problem: Problem, start: int) -> Fit:
    """Fit a problem from one of its starting points (1 or 2)."""
    program = program_of(problem)
    names = [f"r{number}" for number in range(len(problem.rows))]
    runs = {"values": 0, "jacobians": 0}

    def residuals(b: np.ndarray) -> np.ndarray:
        runs["values"] += 1
        try:
            result = program.run(at=dict(zip(program.inputs, b, strict=True)))
            return np.array([result[name] for name in names])
        except lang.DomainError:  # the step left the model's domain; SciPy then tries a shorter one
            return np.full(len(names), np.inf)

    def jacobian(b: np.ndarray) -> np.ndarray:
        runs["jacobians"] += 1
        return program.jacobian(*names, at=dict(zip(program.inputs, b, strict=True)))

    with np.errstate(over="ignore"):  # a far step's sum of squares may overflow; that step is refused, too
        found = least_squares(residuals, problem.starts[start - 1], jac=jacobian,
                              ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=5000)
    return Fit(correct_digits(found.x, problem.certified), runs["values"], runs["jacobians"])


def main(names: list[str]) -> None:
    print(f"{'problem':10} {'start':>5} {'digits':>6} {'values':>6} {'Jacobians':>9}")
    reached = []
    for name in names or MODELS:
        problem = read(name)
        for start in (1, 2):
            done = fit(problem, start)
            reached.append(done.digits >= 6)
            print(f"{name:10} {start:5} {done.digits:6.1f} {done.values:6} {done.jacobians:9}", flush=True)
    print(f"{sum(reached)} of {len(reached)} fits have at least 6 correct digits")


if __name__ == "__main__":
    main(sys.argv[1:])
