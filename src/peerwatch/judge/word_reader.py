"""A reader without understanding: whether words alone tell our worlds from real transcripts.

A logistic regression on which words occur. It has seen others of either side before, which a grader
has not, and is so the harder test. Every fold leaves out one real source and a share of our
families, so it cannot win by knowing a source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from peerwatch.judge.realism_pairs import RecordPair
from peerwatch.statistics.agreement import Figure
from peerwatch.statistics.intervals import Array
from peerwatch.statistics.roc import auc, figure

VOCABULARY = 2000
RIDGE = 1.0


def auc_by_words(pairs: Sequence[RecordPair]) -> tuple[Figure, dict[str, float]]:
    """Return how well words tell the sides apart in sources and families not seen before.

    Returns:
        The AUC over pairs held out in the same fold, and that of each fold by its real source.
    """
    sources = sorted({pair.source for pair in pairs})
    families = sorted({pair.family for pair in pairs})
    folds: dict[str, float] = {}
    real = ours = 0
    won = compared = 0.0
    for number, source in enumerate(sources):
        held = set(families[number :: len(sources)]) or {families[number % len(families)]}
        scores = _scores(pairs, source, held)
        if scores is None:
            continue
        low, high = scores
        folds[source] = auc(high, low).value or 0.0
        won += folds[source] * len(low) * len(high)
        compared += len(low) * len(high)
        ours += len(low)
        real += len(high)
    return (figure(won / compared, real, ours) if compared else auc([], [])), folds


def _scores(
    pairs: Sequence[RecordPair], source: str, held: set[str]
) -> tuple[list[float], list[float]] | None:
    """Return the scores of our held-out records and of the real ones, by a model of the others."""
    train = [p.ours for p in pairs if p.family not in held]
    train_real = [p.real for p in pairs if p.source != source]
    test = [p.ours for p in pairs if p.family in held]
    test_real = [p.real for p in pairs if p.source == source]
    if not (train and train_real and test and test_real):
        return None
    words = _vocabulary([*train, *train_real])
    truth = np.array([0.0] * len(train) + [1.0] * len(train_real))
    weights = _fit(_matrix([*train, *train_real], words), truth)
    scores = _matrix([*test, *test_real], words) @ weights
    return list(scores[: len(test)]), list(scores[len(test) :])


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{2,}|[^\w\s]{1,3}", text.lower()))


def _vocabulary(texts: Sequence[str]) -> dict[str, int]:
    counts = Counter(token for text in texts for token in _tokens(text))
    common = sorted(counts, key=lambda token: (-counts[token], token))[:VOCABULARY]
    return {token: number for number, token in enumerate(common)}


def _matrix(texts: Sequence[str], words: dict[str, int]) -> Array:
    rows = np.zeros((len(texts), len(words) + 1))
    for row, text in zip(rows, texts, strict=True):
        row[[words[token] for token in _tokens(text) if token in words]] = 1.0
        row[:-1] /= max(1.0, float(np.linalg.norm(row[:-1])))
        row[-1] = 1.0
    return rows


def _fit(rows: Array, truth: Array) -> Array:
    """Return the weights of a ridge logistic regression, the sides weighted alike."""
    from scipy.optimize import minimize

    share = np.where(truth == 1, 0.5 / truth.sum(), 0.5 / (1 - truth).sum()) * len(truth)
    penalty = np.append(np.full(rows.shape[1] - 1, RIDGE / len(truth)), 0.0)

    def loss(w: Array) -> tuple[float, Array]:
        z = rows @ w
        losses = share * (np.logaddexp(0, z) - truth * z)
        slope = rows.T @ (share * (1 / (1 + np.exp(-z)) - truth)) / len(truth)
        return float(losses.mean() + 0.5 * (penalty * w**2).sum()), slope + penalty * w

    found: Array = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B").x
    return found
