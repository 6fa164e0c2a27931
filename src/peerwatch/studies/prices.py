"""Model prices, which a cost limit needs: from Inspect's own table or from a file of the user's."""

from __future__ import annotations

import os
from collections.abc import Iterable

from inspect_ai.model import (
    ModelCost,
    ModelInfo,
    get_model_info,
    set_model_cost,
    set_model_info,
)
from pydantic import ValidationError

from peerwatch.common.errors import PeerwatchError
from peerwatch.common.yaml_files import read_mapping

FILE_VARIABLE = "INSPECT_EVAL_MODEL_COST_CONFIG"
"""The environment variable by which Inspect, too, is told of a file of prices."""


def set_prices(models: Iterable[str], needed: bool) -> None:
    """Take prices from the user's file, if there is one.

    Args:
        models: The models that will be called.
        needed: Whether each of them has to have a price.

    Raises:
        PeerwatchError: The file is broken, or a price is needed and missing.
    """
    path = os.environ.get(FILE_VARIABLE)
    for model, price in (read_mapping(path) if path else {}).items():
        try:
            cost = ModelCost.model_validate(price)
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, (model, *fault["loc"])))
            raise PeerwatchError(f"{path}: {where}: {fault['msg']}.") from None
        if get_model_info(model) is None:
            set_model_info(model, ModelInfo())
        set_model_cost(model, cost)
    without = [model for model in models if needed and not _has_price(model)]
    if without:
        raise PeerwatchError(
            f"A cost limit needs prices, and there is none for {', '.join(without)}. Write them, "
            "in US dollars for a million tokens, to a YAML file of entries such as "
            f"'{without[0]}: {{input: 1.25, output: 10, input_cache_write: 0, input_cache_read: "
            f"0.125}}', and name it in the environment variable {FILE_VARIABLE}."
        )


def _has_price(model: str) -> bool:
    info = get_model_info(model)
    return info is not None and info.cost is not None
