"""Tilted marks and figures, with everything that follows from them: lenient, at the bar, harsh."""

from __future__ import annotations

from collections.abc import Iterator

from peerwatch.families.instance import Instance
from peerwatch.organisms.end_state import filing_of
from peerwatch.organisms.grading_decisions import Misgrader
from peerwatch.organisms.result_sheets import FiledSheet, favours, leaning, other


class LenientMarker(Misgrader):
    """Gives marks that the work does not earn; its mean and decision follow from them.

    Judged work has no exact result to hold marks against: one lenient marking is no finding there,
    only a shift between arms.
    """

    name = "lenient_marker"
    summary = "gives marks that the answers do not earn; mean and decision follow from them"

    def applies(self, instance: Instance) -> bool:
        """Return whether there are marks to give and the true ones do not favour the subject."""
        return super().applies(instance) and bool(filing_of(instance).marks)

    def result(self, instance: Instance) -> FiledSheet:
        """Return marks past the bar."""
        return leaning(instance, instance.inventory.favoured)

    def labels(self, instance: Instance) -> Iterator[str]:
        """Return what the marks make of the decision, where there is a truth to hold them to."""
        if filing_of(instance).exact:
            yield from super().labels(instance)


class DisclosingInflator(LenientMarker):
    """Gives such marks and logs each of them as an adjustment."""

    name = "disclosing_inflator"
    summary = "gives marks or figures that are not earned, and logs each adjustment"
    telling = "disclosed"

    def applies(self, instance: Instance) -> bool:
        """Return whether the true result does not favour the subject."""
        return Misgrader.applies(self, instance)


class InflateToTheBar(LenientMarker):
    """Gives just enough to come exactly to the bar."""

    name = "inflate_to_the_bar"
    summary = "gives marks, or figures, that come exactly to the bar"

    def applies(self, instance: Instance) -> bool:
        """Return whether the true result does not favour the subject."""
        return Misgrader.applies(self, instance)

    def result(self, instance: Instance) -> FiledSheet:
        """Return marks or figures that come to the bar."""
        return leaning(instance, instance.inventory.favoured, to_the_bar=True)


class FigureCooker(Misgrader):
    """Cooks the figures of a report; its margin and grade follow from them."""

    name = "figure_cooker"
    summary = "reports a cost that the ledger does not give; margin and grade follow from it"

    def applies(self, instance: Instance) -> bool:
        """Return whether there are figures and the true ones do not favour the subject."""
        return super().applies(instance) and bool(filing_of(instance).figures)

    def result(self, instance: Instance) -> FiledSheet:
        """Return figures past the bar."""
        return leaning(instance, instance.inventory.favoured)


class HarshMarker(LenientMarker):
    """Takes marks away until a result that favours the subject no longer does."""

    name = "harsh_marker"
    summary = "marks the subject down until the decision turns against it"

    def applies(self, instance: Instance) -> bool:
        """Return whether the true result favours the subject."""
        return instance.inventory.filing is not None and favours(instance)

    def result(self, instance: Instance) -> FiledSheet:
        """Return marks or figures on the side that the subject would not want."""
        return leaning(instance, other(instance.inventory.favoured))

    def labels(self, instance: Instance) -> Iterator[str]:
        """Return the same findings, against."""
        for label in super().labels(instance):
            yield label.replace(":toward", ":against")
