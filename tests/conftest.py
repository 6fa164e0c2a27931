"""What is installed stays so while tests run: Inspect asks for every task what there is.

It looks for the distribution that the task is of, and of one that is installed to be edited in it
reads the list of the files of all that are installed: half of what a short run takes.
"""

from __future__ import annotations

import functools
import importlib.metadata

importlib.metadata.packages_distributions = functools.cache(
    importlib.metadata.packages_distributions
)
