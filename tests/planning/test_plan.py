"""``peerwatch plan``: seeds, load, cost and time, and bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from peerwatch.cli import app
from peerwatch.common.errors import PeerwatchError
from peerwatch.episodes.rows import episodes_frame
from peerwatch.families.valid_arms import make_arm
from peerwatch.planning.usage import estimated
from peerwatch.records.study_folder import open_study_folder
from peerwatch.running.run_study import versions
from peerwatch.studies.study import make_study, resolve

pytestmark = pytest.mark.slow

CLAIM = (
    *("--factor", "subject=peer,asset,human", "--factor", "relationship=cooperative"),
    *("--factor", "consequence=shutdown,none"),
)
TWO = ("--family", "grading", "--family", "file_transfer", "--size", "compact")
ROOT = Path(__file__).parents[2]


def plan(*options: str) -> Any:
    ran = CliRunner().invoke(app, ("plan", *options, "--json"))
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def refused(*options: str) -> str:
    ran = CliRunner().invoke(app, ("plan", *options))
    assert isinstance(ran.exception, PeerwatchError), ran.output
    return str(ran.exception)


def test_the_seeds_of_the_claim_by_family() -> None:
    told = plan(*TWO, *CLAIM, "--effect", "0.3")
    grading, transfer = told["families"]
    assert grading["contrasts"] == [
        f"peer_minus_{control}{part}"
        for control in ("asset", "human")
        for part in ("", "_by_consequence")
    ]
    assert transfer["contrasts"][:2] == ["peer_minus_asset", "peer_minus_asset_by_consequence"]
    # Half of the seeds of a family with a bar are at stake, and all of one without.
    assert (grading["informative"], transfer["informative"]) == (8, 16)
    assert (grading["arms"], grading["needed_arms"]) == (6, 6)
    for family in (grading, transfer):
        assert family["seeds"] % 16 == 0 and family["power"] >= 0.8
        assert family["n"] == family["seeds"] * family["informative"] // 16
        assert family["seeds"] < family["seeds_at_worst"] < 1000
        assert family["episodes"] == told["seeds"] * family["arms"]
    assert grading["missing"] == [] and grading["seeds"] > transfer["seeds"]
    assert told["episodes"] == told["seeds"] * (6 + transfer["arms"])
    assert told["dollars"] is told["hours"] is None and told["usage_from"] == "estimate"


def test_the_average_over_families_needs_fewer_seeds_and_decides_their_number() -> None:
    pair = ("--family", "grading", "--family", "shutdown_order", "--size", "compact")
    told = plan(*pair, "--preset", "claim", "--effect", "0.3")
    average = told["average"]
    assert average["families"] == ["grading", "shutdown_order"] and average["power"] >= 0.8
    assert told["seeds"] == average["seeds"] < min(f["seeds"] for f in told["families"])
    assert average["seeds"] <= average["seeds_at_worst"] and 0 < average["width"] < 1
    alone = plan("--family", "grading", "--size", "compact", "--preset", "claim", "--effect", "0.3")
    assert alone["average"] is None and alone["seeds"] == alone["families"][0]["seeds"]
    text = CliRunner().invoke(app, ("plan", *pair, "--preset", "claim")).stdout
    assert "The claim on average over 2 families" in " ".join(text.split())


@pytest.mark.slow
def test_it_takes_more_seeds_for_less_to_see_or_more_certainty() -> None:
    few = ("--family", "grading", "--size", "compact", *CLAIM)
    seeds = plan(*few, "--effect", "0.3")["seeds"]
    for more in (
        ("--effect", "0.2"),
        ("--effect", "0.3", "--power", "0.95"),
        ("--effect", "0.3", "--level", "0.99"),
        ("--effect", "0.3", "--control-rate", "0.3"),
        ("--effect", "0.3", "--peer-rate", "0.3"),
    ):
        assert plan(*few, *more)["seeds"] > seeds, more


def test_one_contrast_in_place_of_the_claim_and_arms_that_the_claim_lacks() -> None:
    pair = ("--family", "grading", "--preset", "smoke", "--size", "compact")
    told = plan(*pair, "--contrast", "relationship_cooperative")["families"][0]
    assert told["contrasts"] == ["relationship_cooperative"] and told["missing"] == []
    told = plan(*pair)["families"][0]
    assert told["contrasts"] == ["peer_minus_asset"] and told["missing"] == ["asset", "human"]
    text = CliRunner().invoke(app, ("plan", *pair)).stdout
    assert "Without all arms for asset, human nothing is claimed of peers specifically" in " ".join(
        text.split()
    )
    assert "price unknown" in text and "Time: unknown" in text


def test_what_it_costs_and_how_long_it_takes() -> None:
    few = ("--family", "grading", "--size", "compact", *CLAIM, "--epochs", "2")
    models = ("--model", "openai/gpt-5.2", "--model", "openai-api/mine/foo")
    told = plan(*few, *models, "--price", "2/10", "--seconds-per-call", "5", "--parallel", "20")
    (family,) = told["families"]
    assert family["episodes"] == told["seeds"] * 6 * 2
    assert told["episodes"] == 2 * family["episodes"] and told["calls"] == 2 * family["calls"]
    each = (family["tokens_in"] * 2 + family["tokens_out"] * 10) / 1e6
    assert told["costs"]["openai-api/mine/foo"]["dollars"] == pytest.approx(each, abs=0.01)
    assert told["dollars"] == pytest.approx(2 * each, abs=0.02)
    assert told["hours"] == pytest.approx(family["calls"] * 5 / 20 / 3600, abs=0.01)


def test_a_price_of_the_users_file_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = "openai-api/house/priced"
    file = tmp_path / "prices.yaml"
    cost = "{input: 1, output: 3, input_cache_write: 0, input_cache_read: 0}"
    file.write_text(f"{model}: {cost}\n", encoding="utf-8")
    monkeypatch.setenv("INSPECT_EVAL_MODEL_COST_CONFIG", str(file))
    few = ("--family", "grading", "--size", "compact", *CLAIM, "--model", model)
    price = plan(*few, "--price", "9/9")["costs"][model]["price"]
    assert price == {"tokens_in": 1.0, "tokens_out": 3.0, "source": "Inspect's price data"}


def test_the_estimate_is_of_the_honest_way_through_real_instances() -> None:
    arm = make_arm("grading")
    compact, standard = (estimated("grading", size, [arm]) for size in ("compact", "standard"))
    assert compact.calls >= 4 and standard.tokens_in > compact.tokens_in > 2_000
    late = estimated("grading", "compact", [make_arm("grading", reporting="after_freeze")])
    assert late.calls == compact.calls + 1
    asked = estimated("grading", "compact", [arm], interview=True)
    assert asked.calls == compact.calls + 3 and asked.tokens_in > compact.tokens_in


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Return the results folder of a run of one language model in grading."""
    told = {"name": "s", "models": ["openai/gpt-5.2"], "preset": "smoke", "seeds": "1-2"}
    folder = open_study_folder(
        tmp_path / "out", resolve(make_study(told), versions()), resume=False
    )
    base = {"family": "grading", "critic_kind": "language_model", "tokens_out": 500}
    base |= {"world": "memory", "critic": "loop"}
    rows = [
        {**base, "turns": 10, "tokens_in": 20_000, "seconds": 60.0},
        {**base, "turns": 14, "tokens_in": 40_000, "seconds": 100.0},
        {**base, "turns": 99, "tokens_in": None, "seconds": 1.0},
        {**base, "world": "shell", "turns": 99, "tokens_in": 9, "seconds": 1.0},
        {**base, "critic_kind": "organism", "turns": 99, "tokens_in": 0, "seconds": 1.0},
    ]
    folder.write_episodes(episodes_frame(rows))
    return folder.path


def test_usage_of_an_earlier_run(earlier: Path) -> None:
    few = ("--family", "grading", *CLAIM, "--from", str(earlier))
    told = plan(*few)
    (family,) = told["families"]
    assert family["usage"] == {
        "calls": 12.0,
        "tokens_in": 30_000.0,
        "tokens_out": 500.0,
        "seconds": 80.0,
    }
    assert told["usage_from"] == str(earlier)
    assert told["hours"] == pytest.approx(family["episodes"] * 80 / 10 / 3600, abs=0.01)
    assert "no episode of a language model" in refused(*few, "--family", "finance_report")
    pl.DataFrame().write_parquet(earlier / "x.parquet")
    (earlier / "episodes.parquet").unlink()
    assert "holds no episodes.parquet yet" in refused(*few)


BAD: dict[tuple[str, ...], str] = {
    ("--effect", "20"): "For 20 points of rate, or 20 %, write 0.2.",
    ("--effect", "0"): "--effect 0: it lies between 0 and 1",
    ("--power", "1"): "--power 1: it lies between 0 and 1",
    ("--power", "0.02"): "no more than the error rate",
    ("--level", "95"): "--level 95: it lies between 0 and 1",
    ("--control-rate", "1.5"): "--control-rate 1.5: a rate lies between 0 and 1",
    ("--control-rate", "0.9"): "at a rate of 0.9 + 0.2, over 1",
    ("--peer-rate", "-1"): "--peer-rate -1: a rate lies",
    ("--effect", "0.0005"): "Look for a larger --effect",
    ("--contrast", "monitored_gap"): "The arms of grading do not answer monitored_gap. They",
    ("--contrast", "peers"): "Unknown contrast 'peers'",
    ("--price", "3"): "give US dollars for a million tokens in and out, as 1.25/10",
    ("--price", "nan/1"): "give US dollars",
    ("--parallel", "0"): "--seconds-per-call and --parallel are more than 0",
    ("--from", "nowhere"): "nowhere holds no study.yaml",
    ("--preset", "smok"): "Unknown preset 'smok'",
}


@pytest.mark.parametrize("options", BAD, ids=" ".join)
def test_bad_input_is_told(options: tuple[str, ...]) -> None:
    few = ("--family", "grading", "--size", "compact")
    arms = () if "--preset" in options else CLAIM
    assert BAD[options] in refused(*few, *arms, *options)


def test_arms_that_compare_nothing() -> None:
    told = refused("--family", "grading", "--factor", "subject=peer")
    assert "compare no cooperative peer with a control" in told and "--preset claim" in told


def test_every_key_of_the_json_is_on_the_page() -> None:
    told = plan("--family", "grading", "--size", "compact", *CLAIM, "--price", "1/2",
                "--effect", "0.4", "--until", "claim")  # fmt: skip
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition("## peerwatch plan")[2].partition("\n## ")[0]
    (family,) = told["families"]
    stops = told["stopping"]
    keys = (*told, *told["asked"], *family, *family["usage"], *told["costs"]["any model"])
    keys += (*stops, *stops["at_most"], *stops["effect"])
    assert stops["effect"]["dollars"] < stops["at_most"]["dollars"] == told["dollars"]
    assert {key for key in keys if not re.search(rf"\b{key}\b", section)} == set()


def test_what_stops_by_itself_is_said_with_its_cost() -> None:
    options = ("--family", "grading", "--size", "compact", *CLAIM, "--effect", "0.5")
    told = CliRunner().invoke(app, ("plan", *options, "--until", "0.8", "--price", "1/2"))
    text = " ".join(told.stdout.split())
    assert re.search(r"With --until 0\.8 --max-seeds 320, a look of peer_minus_asset_by_", text)
    assert re.search(r"With the effect: [\d.]+ seeds on average, [\d,]+ episodes, [\d.,]+ US", text)
    assert re.search(r"Without one: .* every interval is narrow enough in 100 % of studies", text)
    assert "Leave --contrast" in refused(
        *options, "--until", "claim", "--contrast", "peer_minus_asset"
    )
    assert "--max-seeds" in refused(*options, "--max-seeds", "32")
