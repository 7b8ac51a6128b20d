"""A wrong line that no mistake explains -> which differentials, or adjoints, have the right factor in it.

Law: the line's own text is computed with one of them kept and the others 0, as the rule seeds them; so what is said is
true of the line whatever its writer thought. A line is no derivative where doubling all of them does not double it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lang.grade.evaluating import Code, flattened, number
from lang.grade.quantities import ADJOINT, SEED, TANGENT, Definition
from lang.grade.trials import close
from lang.syntax import tree
from lang.transform.expressions import mentions

Points = Sequence[Mapping[str, float]]


def told(
    line: tree.Expression, made: Definition, roles: Mapping[str, str], points: Points, tolerance: float
) -> tuple[str, str] | None:
    """The key of what is wrong, and the words for its place; None where nothing can be said.

    Args:
        line: what the line computes, in quantities. made: what it should be.
        roles: of all quantities.
        points: what the line could read.
    """
    moving = {each for each, role in roles.items() if role in (TANGENT, ADJOINT, SEED)}
    own, right = flattened(line), flattened(made.local)
    wanted = mentions(made.local) & moving
    if own is None or right is None or made.quantity in mentions(line) or not wanted:
        return None
    read = sorted((wanted | mentions(line)) & moving)
    if not _linear(own, points, read, tolerance):
        return "not-linear", ""
    good = [each for each in read if _same(own, right, points, [d for d in read if d != each], tolerance)]
    absent = [each for each in sorted(wanted) if each not in mentions(line)]
    off = [each for each in read if each not in good and each not in absent and each in wanted]
    extra = [each for each in read if each not in wanted]
    said = [f"what `{each}` is multiplied by is {'' if each in good else 'not '}right" for each in [*good, *off]]
    said += [f"`{each}` is not in it" for each in absent] + [f"`{each}` does not belong here" for each in extra]
    if len(said) < 2:
        return None
    words = "; ".join(said[:6])
    return "factor-wrong", words[0].upper() + words[1:]


def _same(own: Code, right: Code, points: Points, without: Sequence[str], tolerance: float) -> bool:
    """Do the two give the same where some differentials are 0?"""
    zero = dict.fromkeys(without, 0.0)
    return all(close(number(own, {**each, **zero}), number(right, {**each, **zero}), tolerance) for each in points)


def _linear(own: Code, points: Points, read: Sequence[str], tolerance: float) -> bool:
    """Does doubling all differentials double the line?"""
    doubled = [{**each, **{d: 2.0 * each.get(d, 0.0) for d in read}} for each in points]
    pairs = zip(doubled, points, strict=True)
    return all(close(number(own, twice), 2.0 * number(own, once), tolerance) for twice, once in pairs)
