"""Leaving one out in turn: how far a result hangs on one wording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt


def leaving_each_out(
    labels: npt.NDArray[Any], inside: npt.NDArray[np.bool_] | None = None
) -> Iterator[tuple[Any, npt.NDArray[np.bool_]]]:
    """Yield each label with the mask of what is there without it, in the order of the labels.

    Args:
        labels: The label of each element, None where it has none. Shape (elements,).
        inside: Which elements are there at all; every one if left out. Shape (elements,).

    Yields:
        Nothing where fewer than two labels are there: without the only one nothing would be left.
    """
    everything = np.ones(len(labels), dtype=bool) if inside is None else inside
    present = {label for label in labels[everything].tolist() if label is not None}
    for label in sorted(present) if len(present) > 1 else ():
        yield label, everything & np.asarray(labels != label, dtype=bool)
