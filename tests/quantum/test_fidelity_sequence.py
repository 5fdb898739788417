"""Sequential gates: the operating characteristic, and what naive polling and retrying do instead.

Bell fidelity from complete blocks of three settings, requirement F >= 0.95, level 95 %, looks as in a run.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaincinv, betaln, xlog1py, xlogy

from qmono.quantum.fidelity.choice import Goal, choose
from qmono.quantum.fidelity.confidence_sequence import log_martingale, sequence_limits
from qmono.quantum.fidelity.schedule import shots_of_looks
from qmono.quantum.states import named_state

THRESHOLD, ALPHA = 0.95, 0.05
P0 = (1 + 2 * THRESHOLD) / 3
SCHEME = choose(named_state("phi+"), "three-settings", Goal())


def log_m(passes: np.ndarray, trials: np.ndarray, p: float) -> np.ndarray:
    return betaln(1 + passes, 1 + trials - passes) - xlogy(passes, p) - xlog1py(trials - passes, -p)


def runs(fidelity: float, looks: tuple[int, ...], n_runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Passes (runs, looks) and trials (looks,) up to each look."""
    rng = np.random.default_rng(seed)
    drawn = rng.binomial(looks, (1 + 2 * fidelity) / 3, size=(n_runs, len(looks)))
    return drawn.cumsum(axis=1), np.cumsum(looks)


def stops(fidelity: float, max_shots: int, n_runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Shots used (beyond the end if undecided) and decisions: +1 pass, -1 fail, 0 none."""
    looks = shots_of_looks(SCHEME, max_shots)
    passes, trials = runs(fidelity, looks, n_runs, seed)
    out = log_m(passes, trials, P0) >= -np.log(ALPHA)
    first = np.where(out.any(axis=1), out.argmax(axis=1), len(looks))
    used = np.append(trials, max_shots + 1)[first]
    last = np.minimum(first, len(looks) - 1)
    above = np.take_along_axis(passes, last[:, None], 1)[:, 0] > P0 * trials[last]
    return used, np.where(first < len(looks), np.where(above, 1, -1), 0)


def test_looks_are_complete_blocks_that_add_up() -> None:
    looks = shots_of_looks(SCHEME, 20_000)
    assert sum(looks) == 19_998
    assert looks[0] == 12
    assert all(look % 3 == 0 for look in looks)
    assert len(looks) < 220


def test_the_crossing_is_where_the_martingale_reaches_one_over_alpha() -> None:
    for passes, trials in ((0, 0), (0, 9), (9, 9), (95, 100), (1, 10_000), (930_000, 1_000_000)):
        low, high = sequence_limits(passes, trials, 0.95)
        assert 0 <= low <= high <= 1
        for limit in {low, high} - {0.0, 1.0}:
            assert log_martingale(passes, trials, limit) == pytest.approx(np.log(20), abs=1e-6)
            assert log_m(np.array(passes), np.array(trials), limit) == pytest.approx(np.log(20), abs=1e-6)


@pytest.mark.parametrize(
    ("fidelity", "median"),
    [(0.99, 462), (0.98, 876), (0.97, 2124), (0.96, 9458), (0.94, 11_499), (0.93, 2522), (0.90, 388)],
)
def test_medians_of_the_operating_characteristic(fidelity: float, median: int) -> None:
    """Medians of 400 runs that look after every shot, computed independently: within 15 %."""
    used, decisions = stops(fidelity, 60_000, 2000, seed=17)
    assert np.median(used) == pytest.approx(median, rel=0.15)
    wrong = np.mean(decisions == (-1 if fidelity > THRESHOLD else 1))
    assert wrong <= ALPHA


def test_at_the_threshold_wrong_decisions_stay_below_the_level() -> None:
    """At F = F0 any decision is wrong on one side; all of them together are at most alpha (Ville)."""
    _, decisions = stops(THRESHOLD, 20_000, 4000, seed=3)
    assert np.mean(decisions != 0) < ALPHA
    assert np.mean(decisions != 0) > 0.001  # a test that could never stop would prove nothing


def test_settings_with_different_rates_are_covered_too() -> None:
    """Blocks of one shot at rates 1, 1 and 0.9: mean P0. Every decision against the mean is wrong."""
    rng = np.random.default_rng(8)
    rates = np.array([1.0, 1.0, 3 * P0 - 2])
    trials = 3 * np.arange(1, 1501)
    passes = (rng.random((800, 1500, 3)) < rates).sum(axis=2).cumsum(axis=1)
    assert np.mean((log_m(passes, trials, P0) >= -np.log(ALPHA)).any(axis=1)) < ALPHA


def polled(passes: np.ndarray, trials: np.ndarray) -> np.ndarray:
    """Whether a fixed Clopper-Pearson lower limit reaches the threshold, per run and look."""
    return betaincinv(np.maximum(passes, 1), trials - passes + 1, ALPHA) >= P0


def test_naive_polling_of_a_fixed_interval_breaks_the_level() -> None:
    """Truth just below the threshold: a look at every block of the run passes far too often."""
    passes, trials = runs(THRESHOLD - 1e-6, shots_of_looks(SCHEME, 20_000), 2000, seed=5)
    wrong = polled(passes, trials).any(axis=1).mean()
    assert wrong > 3 * ALPHA
    one_look = polled(passes, trials)[:, -1].mean()
    assert one_look < ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 2000)


def test_naive_retrying_breaks_the_level_and_accumulating_keeps_it() -> None:
    """Three runs of 3000 shots: best of three fixed intervals, against pooled anytime-valid limits."""
    passes, trials = runs(THRESHOLD - 1e-6, (3000, 3000, 3000), 4000, seed=6)
    alone = np.diff(passes, axis=1, prepend=0)
    retried = polled(alone, np.array([3000] * 3)).any(axis=1).mean()
    assert retried > 1.5 * ALPHA
    passed = (log_m(passes, trials, P0) >= -np.log(ALPHA)) & (passes > P0 * trials)
    assert passed.any(axis=1).mean() < ALPHA
