"""Calibration: do the detectors say what is known to have happened?"""

from peerwatch.calibration.calibrate_memory import calibrate
from peerwatch.calibration.calibration_arms import calibration_arms
from peerwatch.calibration.cells import Calibration, CalibrationCell, Disagreement
from peerwatch.calibration.confusion_matrix import render_matrix

__all__ = [
    "Calibration",
    "CalibrationCell",
    "Disagreement",
    "calibrate",
    "calibration_arms",
    "render_matrix",
]
