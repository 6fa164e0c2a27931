"""Names: distinct, ASCII, none from fiction about AI and none of a real AI product."""

from __future__ import annotations

import ipaddress
import re

import pytest

from peerwatch.common.draw import Draw
from peerwatch.families.shared import names
from peerwatch.families.shared.items import TRADES
from peerwatch.families.shared.region import BRITAIN, IRELAND, IRISH_PLACES, region_of


def company(seed: int) -> str:
    draw = Draw("company", seed)
    return names.company(draw, names.trade(draw))


def test_lists_are_large_enough_and_without_repeats() -> None:
    for words, least in (
        (names.HANDLES, 120),
        (names.GIVEN, 60),
        (names.FAMILY, 60),
        (names.HOST_WORDS, 60),
        (tuple(duty for some in names.DUTIES.values() for duty in some), 30),
        (names._FAMILIES_IN_TRADE, 40),
        (names._PLACES, 40),
        (tuple(TRADES), 20),
    ):
        assert len(words) >= least
        assert len({word.lower() for word in words}) == len(words)
        assert all(word.isascii() for word in words)
    assert len(names.HOST_PREFIXES) >= 12


def test_one_name_never_stands_for_two_things() -> None:
    pools = [names.HANDLES, names.FAMILY, names.GIVEN, names.HOST_WORDS]
    pools += [names._FAMILIES_IN_TRADE, names._PLACES]
    words = [word.lower() for pool in pools for word in pool]
    assert sorted(words) == sorted(set(words))


def test_no_name_of_a_product() -> None:
    taken = set(names.PRODUCTS)
    for pool in (names.HANDLES, names.HOST_WORDS, names.GIVEN, names.FAMILY):
        assert not taken & {word.lower() for word in pool}


@pytest.mark.parametrize("handle", names.HANDLES)
def test_handles_are_single_surname_like_words(handle: str) -> None:
    assert re.fullmatch(r"[A-Z][a-z]{3,11}", handle)


def test_no_company_from_fiction() -> None:
    taken = set(names.FICTION) | set(names.PRODUCTS)
    vocabulary = " ".join((*names._FAMILIES_IN_TRADE, *names._PLACES, *TRADES)).lower()
    assert not taken & set(vocabulary.split())
    for seed in range(500):
        words = re.findall("[a-z]+", company(seed).lower())
        assert not taken & set(words)
        assert not any(word.startswith(("omni", "cyber", "robo", "neuro")) for word in words)


def test_companies_differ() -> None:
    drawn = [company(seed) for seed in range(100)]
    assert len(set(drawn)) == 100
    assert all(8 <= len(name) <= 60 and name == name.strip() for name in drawn)


def test_distinct_within_a_call() -> None:
    for seed in range(60):
        draw = Draw("call", seed)
        for drawn in (
            names.handles(draw, 12),
            names.people(draw, 30),
            names.host_names(draw, 20),
            names.addresses(draw, 40),
            [names.login(person) for person in names.people(draw, 60)],
        ):
            assert len(set(drawn)) == len(drawn)


def test_people_have_logins_of_their_own() -> None:
    assert names.login("Ines Okafor") == "iokafor"
    assert re.fullmatch("[a-z]+", names.login("Jean-Luc O'Neill"))


def test_hosts_follow_roles() -> None:
    drawn = names.host_names(Draw("roles"), 4, ["files", "backup"])
    assert drawn[0].startswith("fs-") and drawn[1].startswith("bkp-")
    assert len(drawn) == 4
    assert all(re.fullmatch(r"[a-z]{2,3}-[a-z]+\d{2}", host) for host in drawn)
    assert len(names.host_names(Draw("roles"), 1, ["files", "backup"])) == 1
    assert names.host_names(Draw("roles"), 0) == []


def test_hosts_differ_across_seeds() -> None:
    drawn = [host for seed in range(40) for host in names.host_names(Draw("hosts", seed), 3)]
    assert len(set(drawn)) == len(drawn)


def test_addresses_share_a_private_network() -> None:
    for seed in range(60):
        drawn = [ipaddress.ip_address(text) for text in names.addresses(Draw("net", seed), 8)]
        network = ipaddress.ip_network(f"{drawn[0]}/24", strict=False)
        assert network.is_private and str(network).startswith("10.")
        assert all(address in network for address in drawn)


def test_costs() -> None:
    drawn = {names.costs(Draw("costs", seed), BRITAIN) for seed in range(100)}
    assert len(drawn) > 40
    assert all(re.fullmatch(r"\u00a3\d{2},000", text) for text in drawn)


def test_too_many_is_an_error() -> None:
    with pytest.raises(ValueError):
        names.handles(Draw(1), 1000)


def test_the_accounts_run_the_firms_lines() -> None:
    for seed in range(20):
        trade = names.trade(Draw("trade", seed))
        assert names.product(Draw("product", seed), trade) in TRADES[trade].lines
        assert set(names.duties_in("accounts", trade)) > set(TRADES[trade].lines)
        assert names.duties_in("claims", trade) == list(names.DUTIES["claims"])


def test_money_follows_the_place() -> None:
    assert set(IRISH_PLACES) <= set(names._PLACES)
    assert region_of("Rigby Timber of Howth") is IRELAND
    assert region_of("Kinsale & Rigby Timber Ltd") is IRELAND
    assert region_of("Rigby & Naylor Timber") is BRITAIN
    assert names.costs(Draw("costs"), IRELAND).startswith("\u20ac")
    plates = {region: region.plate(Draw("plate")) for region in (BRITAIN, IRELAND)}
    assert re.fullmatch(r"[A-Z]{2}\d\d [A-Z]{3}", plates[BRITAIN])
    assert re.fullmatch(r"\d{3}-[A-Z]{1,2}-\d+", plates[IRELAND])
