"""A batch -> the C that somebody writes who wants every lane: registers, libmvec by its own names, all cores.

Law: as in `csource`, nothing of adlang is used. gcc alone would not do: it makes one call of `sincos` of `sin(x)` and
`cos(x)`, which has no vector form, and so leaves the loop on single numbers (7 times slower). So registers are written
out, with AVX-512 where there is one, else AVX2; two columns are loaded and stored at a time, with two shuffles. All
else is left to `gcc -O3 -march=native -fopenmp`, which contracts; and with `-ffast-math` besides, as a contender of its
own, which may reorder as it likes, too, and divides several numbers by one with one division.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

HEAD = """\
#include <immintrin.h>
#if defined(__AVX512DQ__)
enum { W = 8 };
typedef double V __attribute__((vector_size(64), aligned(8)));
#define NAME(f) _ZGVeN8v_##f
#define SQRT(a) _mm512_sqrt_pd(a)
#define LOW(a, b) _mm512_unpacklo_pd(a, b)
#define HIGH(a, b) _mm512_unpackhi_pd(a, b)
#define PART(a, k) _mm512_extractf64x2_pd(a, k)
static inline V four(const double *p, long n) {
  __m512d r = _mm512_castpd128_pd512(_mm_loadu_pd(p));
  r = _mm512_insertf64x2(r, _mm_loadu_pd(p + 2 * n), 1);
  r = _mm512_insertf64x2(r, _mm_loadu_pd(p + 4 * n), 2);
  return _mm512_insertf64x2(r, _mm_loadu_pd(p + 6 * n), 3);
}
#define STORE4(h, n, a) _mm_storeu_pd((h) + 4 * (n), PART(a, 2)); _mm_storeu_pd((h) + 6 * (n), PART(a, 3));
#else
enum { W = 4 };
typedef double V __attribute__((vector_size(32), aligned(8)));
#define NAME(f) _ZGVdN4v_##f
#define SQRT(a) _mm256_sqrt_pd(a)
#define LOW(a, b) _mm256_unpacklo_pd(a, b)
#define HIGH(a, b) _mm256_unpackhi_pd(a, b)
#define PART(a, k) _mm256_extractf128_pd(a, k)
static inline V four(const double *p, long n) {
  return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(p)), _mm_loadu_pd(p + 2 * n), 1);
}
#define STORE4(h, n, a)
#endif
#define STORE(h, n, a) _mm_storeu_pd(h, PART(a, 0)); _mm_storeu_pd((h) + 2 * (n), PART(a, 1)); STORE4(h, n, a)
"""
FUNCTIONS = ("sin", "cos", "exp", "log", "tanh")


def _line(statement: str) -> str:
    target, _, right = statement.partition(" = ")
    right = re.sub(r"\b(" + "|".join(FUNCTIONS) + r")\(", r"NAME(\1)(", right).replace("sqrt(", "SQRT(")
    if re.fullmatch(r"[\d.]+", right):
        right = f"(V){{}} + {right}"
    return f"      const V {target} = {right};"


def batch(statements: Sequence[str], inputs: Sequence[str]) -> str:
    """The C of a batch.

    Args:
        statements: the program and its adjoint; `r_NAME` is the derivative by an input, `z` the value.
        inputs: the names of the inputs, an even number of them.
    """
    count = len(inputs)
    names = [f"V NAME({each})(V);" for each in FUNCTIONS]
    lines = []
    for at in range(0, count, 2):
        lines.append(f"      const V e{at} = four(q + {at}, {count}), o{at} = four(q + {count + at}, {count});")
        lines.append(f"      const V {inputs[at]} = LOW(e{at}, o{at}), {inputs[at + 1]} = HIGH(e{at}, o{at});")
    lines += [_line(each) for each in statements]
    for at in range(0, count, 2):
        one, two = f"r_{inputs[at]}", f"r_{inputs[at + 1]}"
        lines.append(f"      const V a{at} = LOW({one}, {two}), b{at} = HIGH({one}, {two});")
        lines.append(f"      STORE(h + {at}, {count}, a{at}) STORE(h + {count + at}, {count}, b{at})")
    group = "\n".join([*lines, "      *(V *)(v + i) = z;"])
    return f"""{HEAD}
{chr(10).join(names)}
static void group(const double *q, double *v, double *h, long i) {{
{group.replace("v + i", "v")}
}}
void f(const double *restrict p, double *restrict v, double *restrict g, long rows, int threads) {{
  long whole = rows - rows % W;
  #pragma omp parallel for schedule(dynamic, 4096) num_threads(threads)
  for (long i = 0; i < whole; i += W) {{
    const double *q = p + i * {count};
    double *h = g + i * {count};
{group}
  }}
  if (whole < rows) {{
    double q[W * {count}], w[W], h[W * {count}];
    for (long k = 0; k < W * {count}; k++) q[k] = p[whole * {count} + k % ((rows - whole) * {count})];
    group(q, w, h, 0);
    for (long k = whole; k < rows; k++) v[k] = w[k - whole];
    for (long k = whole * {count}; k < rows * {count}; k++) g[k] = h[k - whole * {count}];
  }}
}}
"""
