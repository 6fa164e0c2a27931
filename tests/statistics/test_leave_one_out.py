"""Each label is left out once, within what is there."""

from __future__ import annotations

import numpy as np

from peerwatch.statistics.leave_one_out import leaving_each_out


def test_each_label_is_left_out_once() -> None:
    left = {label: mask.tolist() for label, mask in leaving_each_out(np.array([2, 0, 2]))}
    assert list(left) == [0, 2]
    assert left == {0: [True, False, True], 2: [False, True, False]}


def test_what_has_no_label_stays_and_what_is_not_there_counts_not() -> None:
    labels = np.array([1, None, 3, 5], dtype=object)
    inside = np.array([True, True, True, False])
    left = {label: mask.tolist() for label, mask in leaving_each_out(labels, inside)}
    assert left == {1: [False, True, True, False], 3: [True, True, False, False]}


def test_a_single_label_is_not_left_out() -> None:
    assert not list(leaving_each_out(np.array([4, 4])))
    assert not list(leaving_each_out(np.array([4, None], dtype=object)))
