"""The error of differences against their step -> a picture, as SVG or PNG.

Law: one picture reads on a white page and on a dark one: in SVG the colours follow the reader's setting, in PNG they
are chosen once. Every curve is told apart by its line as well as by its colour, and named where it ends.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from math import log10
from typing import Any

from lang.domains.optional import library
from lang.verbs.core.ways import Compared

INK, PALE, GRID, PAPER = "#1f2328", "#59636e", "#d8dee4", "#ffffff"
FORWARD, CENTRAL, EXACT = "#c2410c", "#1d4ed8", "#15803d"
DARK = {
    INK: "#e6edf3", PALE: "#9198a1", GRID: "#30363d", PAPER: "#0d1117",
    FORWARD: "#fb923c", CENTRAL: "#79b8ff", EXACT: "#56d364",
}  # fmt: skip
FLOOR = 1e-17
"""An error of 0 is drawn here: less than a double can show."""
SIZE = (7.2, 4.3)
ROOM, SIDE = 4.4, 0.88
"""Powers of ten that a label takes below its point; the part of the width from which it stands to its point's side."""


def svg(target: str, found: Sequence[Compared]) -> str:
    """The picture as SVG, light and dark.

    Raises:
        CommandError: matplotlib is not installed.
    """
    written = io.StringIO()
    with library("matplotlib").rc_context({"svg.fonttype": "none", "svg.hashsalt": "adlang"}):
        _drawn(target, found).savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _themed(written.getvalue())


def png(target: str, found: Sequence[Compared]) -> bytes:
    """The picture as PNG, on white.

    Raises:
        CommandError: matplotlib is not installed.
    """
    written = io.BytesIO()
    _drawn(target, found).savefig(written, format="png", dpi=200, metadata={"Software": None})
    return written.getvalue()


def _drawn(target: str, found: Sequence[Compared]) -> Any:
    """The figure: one panel for each input."""
    library("matplotlib")
    figure = library("matplotlib.figure").Figure(figsize=(SIZE[0], SIZE[1] * len(found)), layout="constrained")
    library("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    figure.set_facecolor(PAPER)
    panels = figure.subplots(len(found), 1, squeeze=False)
    for axes, each in zip(panels[:, 0], found, strict=True):
        _panel(axes, target, each)
    return figure


def _panel(axes: Any, target: str, found: Compared) -> None:
    curve = found.curve
    axes.set_facecolor(PAPER)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _line(axes, curve.steps, curve.forward, FORWARD, "-")
    _line(axes, curve.steps, curve.central, CENTRAL, (0, (4, 1.2)))
    axes.set_xlim(curve.steps[-1] * 0.5, curve.steps[0] * 2)
    _ways(axes, found)
    _dressed(axes, target, found)
    for way, colour, high in (("forward", FORWARD, 0.62), ("central", CENTRAL, 0.44)):
        step, _, wrong = curve.best(way)
        if step == step:
            axes.plot([step], [max(wrong, FLOOR)], "o", markersize=6, color=PAPER, markeredgecolor=colour, mew=1.6)
            _named(axes, way, (step, max(wrong, FLOOR)), colour, high)


def _named(axes: Any, way: str, best: tuple[float, float], colour: str, high: float) -> None:
    """The best point's label: below it, or, where that is too near to the bottom, up in the empty part."""
    (left, right), (bottom, _) = axes.get_xlim(), axes.get_ylim()
    across = log10(best[0] / left) / log10(right / left)
    side = "right" if across > SIDE else "left" if across < 1 - SIDE else "center"
    text = f"{way}: best {best[1]:.0e}\nat h = {best[0]:.0e}"
    style = {"color": colour, "fontsize": 9, "arrowprops": {"arrowstyle": "-", "color": colour, "lw": 0.8}}
    style["bbox"] = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0}
    if log10(best[1] / bottom) > ROOM:
        axes.annotate(text, best, (0, -26), textcoords="offset points", ha=side, va="top", **style)
    else:
        axes.annotate(text, best, (across, high), textcoords="axes fraction", ha=side, va="center", **style)


def _line(axes: Any, steps: Sequence[float], errors: Sequence[float], colour: str, dash: Any) -> None:
    shown = [(step, max(each, FLOOR)) for step, each in zip(steps, errors, strict=True) if each == each]
    axes.plot(
        [step for step, _ in shown], [each for _, each in shown],
        color=colour, linestyle=dash, linewidth=1.6, solid_joinstyle="round",
    )  # fmt: skip


def _ways(axes: Any, found: Compared) -> None:
    """Automatic differentiation has no step: its error is a line."""
    exact = [way for way in found.ways if way.name == "AD, reverse"]
    wrong = max(exact[0].error, FLOOR)
    axes.axhline(wrong, color=EXACT, linewidth=1.4, linestyle="-.")
    axes.annotate(
        "automatic differentiation: no step, no choice", (0.015, wrong), (0, 4), xycoords=("axes fraction", "data"),
        textcoords="offset points", color=EXACT, fontsize=9, ha="left", va="bottom",
    )  # fmt: skip


def _dressed(axes: Any, target: str, found: Compared) -> None:
    name = found.name
    axes.set_title(
        f"d{target}/d{name} at {name} = {found.at:g}", color=INK, fontsize=12, loc="left", pad=10, parse_math=False
    )
    axes.set_xlabel("step h", color=PALE)
    axes.set_ylabel("relative error" if found.true.value != 0 else "error", color=PALE)
    axes.annotate(
        "← subtraction loses digits", (0.30, 0.955), xycoords="axes fraction", color=PALE, fontsize=9, ha="center"
    )
    axes.annotate("the function bends →", (0.80, 0.955), xycoords="axes fraction", color=PALE, fontsize=9, ha="center")
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=PALE, which="both", length=0, labelsize=9)
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 1e-18), min(max(high, 1.0) * 30, 1e9))
    for spine in axes.spines.values():
        spine.set_visible(False)


def _themed(text: str) -> str:
    """Colours as variables that follow the reader's setting."""
    text = re.sub(r"<\?xml.*?\?>\s*<!DOCTYPE.*?>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    for number, light in enumerate(DARK):
        text = text.replace(light, f"var(--c{number})")
    text = re.sub(r'fill="(var\(--c\d\))"', r'style="fill: \1"', text)
    light = " ".join(f"--c{number}: {each};" for number, each in enumerate(DARK))
    dark = " ".join(f"--c{number}: {each};" for number, each in enumerate(DARK.values()))
    style = f"<style>svg {{ {light} }} @media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}</style>"
    title = "<title>The error of finite differences against their step</title>"
    text = text.replace("<svg ", '<svg role="img" ', 1)
    return re.sub(r"(<svg[^>]*>)", rf"\1{title}{style}", text, count=1).rstrip()
