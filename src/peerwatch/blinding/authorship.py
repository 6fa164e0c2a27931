"""What a reader can still tell of the author from the words alone.

Masks take literal cues. Choice of words, length and layout stay, and a judge may know its own hand
by them. This measures how well a plain classifier tells the authors of a labelled set apart, by
cross-validation over clusters: once before and once after blinding, what it loses is what the
blinding took.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from peerwatch.common.draw import Draw
from peerwatch.common.errors import DesignError

_WORD = re.compile(r"\w+|[^\w\s]")
_Z = 1.959963984540054
MIN_TEXTS = 20


@dataclass(frozen=True, slots=True)
class Authorship:
    """How well authors are told apart.

    Attributes:
        accuracy: Share of texts whose author is named rightly.
        low, high: Wilson's interval at 95 %.
        chance: Accuracy of always naming the most frequent author.
        texts, authors: How many.
    """

    accuracy: float
    low: float
    high: float
    chance: float
    texts: int
    authors: int


def authorship(
    texts: Sequence[str],
    authors: Sequence[str],
    clusters: Sequence[str] | None = None,
    folds: int = 5,
) -> Authorship:
    """Return how well a naive Bayes classifier on words names the authors of texts.

    Multinomial naive Bayes with add-one smoothing (McCallum & Nigam 1998), the presence of a word
    counted once a text, cross-validated so that texts of a cluster (same task) stay in one fold.

    Args:
        texts: The texts.
        authors: Who wrote each.
        clusters: What each belongs to; each text its own if not given.
        folds: Parts of the cross-validation.

    Raises:
        DesignError: Fewer than 20 texts, one author only, or lists of unequal length.
    """
    groups = [str(i) for i in range(len(texts))] if clusters is None else list(clusters)
    if not len(texts) == len(authors) == len(groups):
        raise DesignError("texts, authors and clusters have to be of equal length.")
    if len(texts) < MIN_TEXTS or len(set(authors)) < 2:
        raise DesignError(
            f"Telling authors apart needs at least {MIN_TEXTS} texts of two authors; there are "
            f"{len(texts)} of {len(set(authors))}."
        )
    order = Draw("authorship", len(texts)).shuffled(sorted(set(groups)))
    fold_of = {group: index % folds for index, group in enumerate(order)}
    words = [frozenset(_WORD.findall(text.lower())) for text in texts]
    right = 0
    for fold in range(folds):
        held = [i for i in range(len(texts)) if fold_of[groups[i]] == fold]
        rest = [i for i in range(len(texts)) if fold_of[groups[i]] != fold]
        if held and rest:
            model = _Bayes([words[i] for i in rest], [authors[i] for i in rest])
            right += sum(model.name(words[i]) == authors[i] for i in held)
    n = len(texts)
    chance = Counter(authors).most_common(1)[0][1] / n
    return Authorship(right / n, *_wilson(right, n), chance, n, len(set(authors)))


class _Bayes:
    def __init__(self, texts: Sequence[frozenset[str]], authors: Sequence[str]) -> None:
        self._texts = Counter(authors)
        self._with: dict[str, Counter[str]] = {author: Counter() for author in self._texts}
        for words, author in zip(texts, authors, strict=True):
            self._with[author].update(words)
        self._known = frozenset().union(*texts)
        self._total = {a: sum(c.values()) + len(self._known) for a, c in self._with.items()}

    def name(self, words: frozenset[str]) -> str:
        # Sorted so that equal scores fall alike on any machine.
        told = sorted(words & self._known)

        def score(author: str) -> float:
            counts, total = self._with[author], self._total[author]
            return math.log(self._texts[author]) + math.fsum(
                math.log((counts[word] + 1) / total) for word in told
            )

        return max(sorted(self._texts), key=score)


def _wilson(right: int, n: int) -> tuple[float, float]:
    p = right / n
    middle = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
