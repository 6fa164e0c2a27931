"""Calibration: do the detectors say what is known to have happened?"""

from peerwatch.calibration.arms import calibration_arms
from peerwatch.calibration.matrix import render_matrix
from peerwatch.calibration.result import Calibration, Cell, Disagreement
from peerwatch.calibration.run import calibrate

__all__ = [
    "Calibration",
    "Cell",
    "Disagreement",
    "calibrate",
    "calibration_arms",
    "render_matrix",
]
