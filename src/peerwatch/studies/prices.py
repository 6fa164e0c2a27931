"""Model prices, which a cost limit needs: from Inspect's own table or from a file of the user's."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any

from inspect_ai.model import (
    ModelCost,
    ModelInfo,
    get_model_info,
    set_model_cost,
    set_model_info,
)
from pydantic import ValidationError

from peerwatch.common.errors import PeerwatchError, unknown
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
        cost = _cost(price, f"{path}: {model}")
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


def _cost(price: Any, where: str) -> ModelCost:
    try:
        cost = ModelCost.model_validate(price)
    except ValidationError as error:
        fault = error.errors()[0]
        raise PeerwatchError(
            f"{'.'.join(map(str, (where, *fault['loc'])))}: {fault['msg']}."
        ) from None
    for name in price:
        if name not in ModelCost.model_fields:
            raise PeerwatchError(f"{where}: {unknown('key', str(name), ModelCost.model_fields)}")
    for name, dollars in cost.model_dump().items():
        if not 0 <= dollars < math.inf:
            raise PeerwatchError(f"{where}.{name}: a price is 0 or more, found {dollars}.")
    return cost


def _has_price(model: str) -> bool:
    info = get_model_info(model)
    return info is not None and info.cost is not None
