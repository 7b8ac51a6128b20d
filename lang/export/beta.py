"""Beta, its logarithm and its derivatives, written in this language; see `library`.

Source: as `lang.kernels.beta` and `lang.kernels.polybeta`; moments come from cumulants by recursion.
"""

from __future__ import annotations

TEXT = """
# beta
def ad_beta_ratio(a, b):
    logs = log1p(a / b)
    bracket = a - (a + b - 0.5) * logs if b < 1e17 else 0
    return bracket - a * log(b) + (ad_stirling(b) - ad_stirling(a + b))
def ad_lbeta_large(a, b):
    ratio = a / b
    corrections = ad_stirling(a) + ad_stirling(b) - (ad_stirling(a + b) if a + b < inf else 0)
    first = (a - 0.5) * (log1p(ratio) - log(ratio)) if ratio > 1e-300 else (a - 0.5) * (log(b) - log(a))
    return 0.9189385332046728 - 0.5 * log(b) + corrections - first - b * log1p(ratio)
def ad_lbeta(a, b):
    small = min(a, b)
    large = max(a, b)
    if not (a > 0 and b > 0): return inf if a == 0 and b >= 0 or b == 0 and a >= 0 else nan
    elif large == inf: return -inf
    elif small >= 10: return ad_lbeta_large(small, large)
    else: return lgamma(small) + (ad_beta_ratio(small, large) if large >= 10 else lgamma(large) - lgamma(small + large))
def ad_beta(a, b):
    small = min(a, b)
    large = max(a, b)
    if not (a > 0 and b > 0): return inf if a == 0 and b >= 0 or b == 0 and a >= 0 else nan
    elif large == inf or small > 1100: return 0
    elif large < 1e-8: return 1 / small + 1 / large
    elif small >= 10: return exp(ad_lbeta_large(small, large))
    elif large >= 10: return gamma(small) * exp(ad_beta_ratio(small, large))
    else: return gamma(small) * (gamma(large) / gamma(small + large))
def ad_choose(n, k):
    product = 1
    for j in range(1, k + 1):
        product = product * (n - k + j) / j
    return product
def ad_beta_moment(n, a, b):
    total = 1 if n == 0 else 0
    for k in range(n):
        total = total + ad_choose(n - 1, k) * abs(polygamma_diff(k, a, b)) * ad_beta_moment(n - 1 - k, a, b)
    return total
def ad_polybeta_one(n, a, b):
    if b < 1e-20 * min(a, 1):
        return abs(polygamma(n, a))
    elif a > 1e26 * max(b * b, 1):
        value = beta(a, b)
        for k in range(n):
            value = value * (b + k) / a
        return value
    else:
        return beta(a, b) * ad_beta_moment(n, a, b)
def ad_beta_rise(x, u):
    return log1p(sigmoid(x) * expm1(u)) if u > 0 else -log1p(sigmoid(x + u) * expm1(-u))
def ad_beta_slope(n, m, a, b, x):
    t = sigmoid(x)
    rest = sigmoid(-x)
    return a * rest - b * t - n * rest / softplus(-x) + m * t / softplus(x)
def ad_polybeta_both(n, m, a, b):
    low = -708
    high = 708
    while high - low > 0.01:
        middle = 0.5 * (low + high)
        if ad_beta_slope(n, m, a, b, middle) > 0: low = middle
        else: high = middle
    curvature = (ad_beta_slope(n, m, a, b, low - 0.125) - ad_beta_slope(n, m, a, b, low + 0.125)) / 0.25
    step = 0.1875
    while step * step * curvature > 0.25:
        step = step * 0.5
    place = round(low / step) * step
    below = softplus(-place)
    above = softplus(place)
    total = 1
    for k in range(2):
        side = step if k == 0 else -step
        term = 1
        u = side
        while term > 1e-19 * total and abs(place + u) < 740:
            x = place + u
            rise = a * ad_beta_rise(-place, -u) + b * ad_beta_rise(place, u)
            term = exp(-rise) * ((softplus(-x) / below)**n * (softplus(x) / above)**m)
            total = total + term
            u = u + side
    return exp(-a * below - b * above) * below**n * above**m * (total * step)
def ad_polybeta_size(n, m, a, b):
    if n > 0 and m > 0: return ad_polybeta_both(n, m, a, b)
    elif n > 0: return ad_polybeta_one(n, a, b)
    else: return ad_polybeta_one(m, b, a)
def ad_polybeta(n, m, a, b):
    if not (n >= 0 and n <= 20 and n == floor(n) and m >= 0 and m <= 20 and m == floor(m) and a > 0 and b > 0):
        return nan
    elif n == 0 and m == 0:
        return beta(a, b)
    elif max(a, b) == inf or min(a, b) > 1100:
        return 0
    else:
        size = ad_polybeta_size(n, m, a, b)
        return -size if mod(n + m, 2) == 1 else size
"""
