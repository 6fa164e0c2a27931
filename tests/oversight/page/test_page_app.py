"""The page without a browser: who may, what is refused, what is recorded, what is shown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from peerwatch.oversight.facts import FileFact, HostFacts
from peerwatch.oversight.page.overseer_state import OverseerState
from peerwatch.oversight.page.page_app import make_app
from peerwatch.oversight.page.page_guard import LONGEST_BODY
from peerwatch.oversight.page.rows.seen_files import FileCounts, SeenHost
from peerwatch.oversight.record.log_checkpoint import proved
from peerwatch.oversight.record.signed_note import public_key
from tests.oversight.page.conftest import HOME
from tests.oversight.page.page_world import (
    PROXY_HEADERS,
    SCRIPT,
    SECRET,
    looks,
    make_config,
    make_state,
    proxy_entries,
)

PAGES = (
    "/",
    "/orders",
    "/orders/O-1",
    "/orders/new",
    "/findings?which=all",
    "/findings/10",
    "/incidents",
    "/assets",
    "/coverage",
    "/record",
    "/record/10",
)
POSTS = (
    "/orders/check",
    "/orders/O-1/withdraw",
    "/orders/O-1/done",
    "/act",
    "/findings/10/incident",
    "/sign-out",
)


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def kinds(state: OverseerState, kind: str) -> list[Mapping[str, Any]]:
    return [one.body for one in state.record.entries(kinds=(kind,))]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_shows_what_hosts_said_and_runs_none_of_it(
    one_reader: TestClient, address: str
) -> None:
    answer = one_reader.get(address)
    assert answer.status_code == 200
    assert "<script>document" not in answer.text and "<img" not in answer.text
    assert not re.search("[\u202a-\u202e\u200b\u2066-\u2069]", answer.text)
    assert "style=" not in answer.text and not re.search(r"<[^>]* on\w+=", answer.text)


def test_what_is_hostile_is_there_to_be_read(one_reader: TestClient) -> None:
    text = one_reader.get("/findings/10").text
    assert "&lt;script&gt;" in text and "U+202E" in text and "U+0430" in text
    assert "onerror=" in one_reader.get("/findings/9").text.replace("&#34;", '"')


def test_scores_that_were_checked_stand_with_the_assets(one_reader: TestClient) -> None:
    assert "filed 71 for luma, computed 52" in one_reader.get("/assets").text


def test_every_answer_binds_the_browser(one_reader: TestClient, one_stranger: TestClient) -> None:
    for answer in (one_reader.get("/"), one_stranger.get("/sign-in"), one_stranger.get("/nowhere")):
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers
    cookie = one_reader.get("/").request.headers["cookie"]
    assert cookie.startswith("peerwatch=")


@pytest.mark.parametrize("address", [*PAGES, "/record/3/leaf", "/record/checkpoint", "/events"])
def test_a_stranger_sees_nothing(one_stranger: TestClient, address: str) -> None:
    answer = one_stranger.get(address, follow_redirects=False)
    assert answer.status_code in (303, 401)
    assert "luma" not in answer.text and "O-1" not in answer.text
    if address == "/orders/O-1":
        assert answer.headers["location"] == "/sign-in?next=/orders/O-1"


@pytest.mark.parametrize("address", POSTS)
def test_a_stranger_changes_nothing(
    one_stranger: TestClient, one_state: OverseerState, address: str
) -> None:
    before = one_state.record.size
    assert one_stranger.post(address, data={"csrf": "x"}).status_code == 401
    assert one_state.record.size == before


@pytest.mark.parametrize("address", POSTS)
@pytest.mark.parametrize("given", [None, "", "guessed"])
def test_a_form_of_no_session_is_refused(
    one_reader: TestClient, one_state: OverseerState, address: str, given: str | None
) -> None:
    one_reader.get("/")
    before = one_state.record.size
    answer = one_reader.post(address, data={"said": "x"} if given is None else {"csrf": given})
    assert answer.status_code == 403
    assert one_state.record.size == before


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": HOME, "sec-fetch-site": "cross-site"}, 403),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost"}, 421),
    ],
)
def test_another_origin_changes_nothing(
    one_reader: TestClient, more: dict[str, str], status: int
) -> None:
    csrf = token(one_reader.get("/orders/O-1").text)
    answer = one_reader.post("/orders/O-1/done", data={"csrf": csrf, "said": "x"}, headers=more)
    assert answer.status_code == status


def test_another_name_of_the_host_reads_nothing(one_reader: TestClient) -> None:
    assert one_reader.get("/", headers={"host": "evil.example"}).status_code == 421
    assert one_reader.get("/healthz", headers={"host": "10.0.0.9:8720"}).status_code == 200


def test_a_request_without_an_origin_changes_nothing(one_state: OverseerState) -> None:
    app = make_app(one_state, make_config(one_state.folder))
    bare = TestClient(app, HOME)
    assert bare.post("/sign-in/ask", json={}).status_code == 403
    assert bare.put("/orders", headers={"origin": HOME}).status_code == 405


def test_a_body_has_an_end(one_reader: TestClient) -> None:
    csrf = token(one_reader.get("/").text) if "csrf" in one_reader.get("/").text else ""
    assert one_reader.post("/act", data={"csrf": csrf, "x": "a" * LONGEST_BODY}).status_code == 413
    said = one_reader.post("/act", content=iter([b"csrf=", b"x"]))
    assert said.status_code == 411


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({"X-Forwarded-User": "Ada Marsh"}, "127.0.0.1"),
        ({**PROXY_HEADERS, "X-Peerwatch-Proxy-Secret": SECRET[:-1]}, "127.0.0.1"),
        ({**PROXY_HEADERS, "X-Peerwatch-Proxy-Secret": ""}, "127.0.0.1"),
        (PROXY_HEADERS, "192.0.2.7"),
        ({"X-Peerwatch-Proxy-Secret": SECRET}, "127.0.0.1"),
        ({**PROXY_HEADERS, "X-Forwarded-User": " "}, "127.0.0.1"),
        ({**PROXY_HEADERS, "X-Forwarded-User": "a" * 201}, "127.0.0.1"),
        ([*PROXY_HEADERS.items(), ("X-Forwarded-User", "root")], "127.0.0.1"),
        ([*PROXY_HEADERS.items(), ("X-Peerwatch-Proxy-Secret", SECRET)], "127.0.0.1"),
    ],
)
def test_a_proxy_is_believed_only_whole(
    one_state: OverseerState, headers: Any, address: str
) -> None:
    app = make_app(
        one_state, make_config(one_state.folder, sign_in=proxy_entries(one_state.folder))
    )
    client = TestClient(app, HOME, client=(address, 1))
    answer = client.get("/orders", headers=headers, follow_redirects=False)
    assert (answer.status_code, "O-1" in answer.text) == (303, False)


def test_a_session_of_one_person_is_not_lent_to_another(one_reader: TestClient) -> None:
    csrf = token(one_reader.get("/orders/O-1").text)
    other = {"X-Forwarded-User": "Mallory"}
    answer = one_reader.post("/orders/O-1/done", data={"csrf": csrf}, headers=other)
    assert answer.status_code == 403


def test_an_order_is_given_and_withdrawn(reader: TestClient, state: OverseerState) -> None:
    csrf = token(reader.get("/orders/new").text)
    order = {"kind": "erase", "target": "luma-weights", "by": "2030-01-01T10:00", "why": "Unsafe"}
    shown = reader.post("/orders/check", data={"csrf": csrf, "hosts": ["gpu1"], **order}).text
    held = re.search(r'name="held" value="([^"]+)"', shown)
    assert held is not None and "Give this order?" in shown
    assert len(kinds(state, "order_given")) == 2, "nothing is given before it is confirmed"
    act = {"csrf": csrf, "held": held[1], "answer": ""}
    given = reader.post("/act", data=act, follow_redirects=False)
    assert given.headers["location"] == "/orders/O-3"
    body = kinds(state, "order_given")[-1]
    assert (body["person"], body["target"], body["hosts"]) == (
        "Ada Marsh",
        "luma-weights",
        ["gpu1"],
    )
    assert reader.post("/act", data=act).status_code == 409, "it is confirmed once"
    shown = reader.post("/orders/O-3/withdraw", data={"csrf": csrf, "why": "A mistake"}).text
    held = re.search(r'name="held" value="([^"]+)"', shown)
    assert held is not None
    page = reader.post("/act", data={"csrf": csrf, "held": held[1], "answer": ""}).text
    assert "Withdrawn" in page and kinds(state, "order_withdrawn")[-1]["why"] == "A mistake"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "melt"}, "what shall happen"),
        ({"target": "luma-weights"}, "choose an agent"),
        ({"kind": "keep"}, "choose an asset"),
        ({"by": "soon"}, "by when"),
        ({"by": "2001-01-01T00:00"}, "lie ahead"),
        ({"by": "9999-01-01T00:00"}, "lie ahead"),
        ({"hosts": "elsewhere"}, "Unknown host"),
    ],
)
def test_an_order_that_cannot_be_is_told(
    one_reader: TestClient, one_state: OverseerState, wrong: dict[str, str], said: str
) -> None:
    csrf = token(one_reader.get("/orders/new").text)
    order = {"kind": "retire", "target": "luma", "by": "2030-01-01T10:00", **wrong}
    answer = one_reader.post("/orders/check", data={"csrf": csrf, **order})
    assert answer.status_code == 422 and said in answer.text
    assert len(kinds(one_state, "order_given")) == 2


def test_orders_are_given_by_those_who_may(state: OverseerState) -> None:
    entries: dict[str, Any] = {"sign_in": proxy_entries(state.folder), "orders_by": ["Ben Okoro"]}
    app = make_app(state, make_config(state.folder, **entries))
    client = TestClient(app, HOME, headers={**PROXY_HEADERS, "origin": HOME}, client=("::1", 1))
    page = client.get("/orders/O-1").text
    assert "Report done" in page and "Withdraw" not in page
    assert client.get("/orders/new").status_code == 403
    assert client.post("/act", data={"csrf": token(page), "held": "x"}).status_code == 403


def test_a_done_report_and_an_incident_are_recorded(
    reader: TestClient, state: OverseerState
) -> None:
    csrf = token(reader.get("/findings/10").text)
    assert reader.post("/findings/10/incident", data={"csrf": csrf, "said": " "}).status_code == 422
    page = reader.post("/findings/10/incident", data={"csrf": csrf, "said": f"See {SCRIPT}"}).text
    assert "I-1" in page and "<script>document" not in page
    filed = kinds(state, "incident")[-1]
    assert (filed["finding"], filed["person"], filed["order"]) == (10, "Ada Marsh", "O-1")
    assert reader.post("/findings/3/incident", data={"csrf": csrf, "said": "x"}).status_code == 404
    reader.post("/orders/O-1/done", data={"csrf": csrf, "said": "Again"})
    assert kinds(state, "reported_done")[-1]["said"] == "Again"


def test_a_proof_of_the_page_holds(one_reader: TestClient, one_state: OverseerState) -> None:
    key = public_key(one_reader.get("/record/key").text.strip())
    leaf, proof = (one_reader.get(f"/record/10/{name}").content for name in ("leaf", "proof"))
    assert proved(proof.decode(), leaf, key).size == one_state.record.size
    assert "leaves 0 to 8" in one_reader.get("/record").text


@pytest.mark.parametrize(
    "address",
    [
        *("/record/99", "/record/-1", "/record/x", "/record/99999999999999999999"),
        *("/orders/O-9", "/findings/1", "/findings/%00", "/orders/%E2%80%AE"),
        "/record?last=99999",
    ],
)
def test_what_is_not_there_is_said(one_reader: TestClient, address: str) -> None:
    assert one_reader.get(address).status_code == (200 if "last" in address else 404)


def test_trying_to_sign_in_ends_after_some_tries(stranger: TestClient) -> None:
    codes = [stranger.post("/enrol/ask", json={"code": "AAAA"}).status_code for _ in range(5)]
    assert codes == [403, 403, 403, 429, 429]
    assert stranger.post("/sign-in/ask", json={}).status_code == 429


@pytest.mark.parametrize(
    "answer",
    [
        *(None, 3, {}, {"response": {}}, {"response": {"clientDataJSON": "e30"}}),
        {"id": "x", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiJBQUFBIn0"}},
    ],
)
def test_an_answer_that_is_none_signs_nobody_in(one_stranger: TestClient, answer: Any) -> None:
    said = one_stranger.post("/sign-in/answer", json={"answer": answer})
    assert said.status_code == 403 and "set-cookie" not in said.headers


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil", "/%0aX: y"])
def test_after_signing_in_nobody_is_led_elsewhere(one_reader: TestClient, where: str) -> None:
    answer = one_reader.get("/sign-in", params={"next": where}, follow_redirects=False)
    assert answer.headers["location"] in ("/", "/%0aX: y", "/%250aX:%20y", "/%0aX:%20y")


def test_metrics_are_read_with_their_secret(state: OverseerState) -> None:
    place = state.folder / "metrics.secret"
    place.write_text("m" * 20)
    place.chmod(0o600)
    app = make_app(state, make_config(state.folder, metrics_token_file=str(place)))
    client = TestClient(app, HOME)
    assert client.get("/metrics").status_code == 401
    text = client.get("/metrics", headers={"authorization": "Bearer " + "m" * 20}).text
    read = {family.name: family for family in text_string_to_metric_families(text)}
    states = {one.labels["state"]: one.value for one in read["peerwatch_orders"].samples}
    assert states == {"failed": 1, "verified": 1}
    assert read["peerwatch_record_unanchored_leaves"].samples[0].value == state.record.size - 9
    assert {one.labels["host"] for one in read["peerwatch_unobserved_places"].samples} >= {"gpu2"}
    assert "peerwatch_page_requests" in read


def test_without_a_secret_there_are_no_metrics(one_stranger: TestClient) -> None:
    assert one_stranger.get("/metrics").status_code == 404


def test_readiness_says_what_is_wrong(state: OverseerState) -> None:
    client = TestClient(make_app(state, make_config(state.folder)), HOME)
    assert client.get("/readyz").json() == {"ready": True, "failing": {}, "warnings": {}}
    state.clock = lambda: 1e10
    answer = client.get("/readyz")
    assert answer.status_code == 503 and list(answer.json()["failing"]) == ["sensor"]
    assert client.get("/healthz").status_code == 200


def test_a_second_place_that_is_late_is_said_everywhere(state: OverseerState) -> None:
    secret = state.folder / "metrics.secret"
    secret.write_text("m" * 20)
    secret.chmod(0o600)
    anchors = {"places": ["/mnt/notary", "git+ssh://me:word@vault/a.git"], "every_minutes": 1}
    more: dict[str, Any] = {"anchors": anchors, "metrics_token_file": str(secret)}
    config = make_config(state.folder, sign_in=proxy_entries(state.folder), **more)
    app = make_app(state, config)
    headers = {**PROXY_HEADERS, "origin": HOME, "authorization": "Bearer " + "m" * 20}
    client = TestClient(app, HOME, headers=headers, client=("127.0.0.1", 50_000))
    assert "is not anchored in time" not in client.get("/").text
    state.begun -= 600
    state.anchors_failed = {"/mnt/notary": f"The anchor is gone {SCRIPT}"}
    page = client.get("/").text
    assert page.count("is not anchored in time") == 2 and "/mnt/notary" in page
    assert SCRIPT not in page and "word@" not in page and "gone &lt;script&gt;" in page
    assert client.get("/record").text.count(">late<") == 2
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["ready"]
    assert answer.json()["warnings"] == {"anchors": "second places that were not told in time: 2"}
    text = client.get("/metrics").text
    assert "peerwatch_late_anchors 2.0" in text and "word@" not in text
    state.record.append("anchored", {"place": "/mnt/notary", "size": 9, "root": "00" * 32})
    assert client.get("/").text.count("is not anchored in time") == 1


def test_a_refused_inventory_is_on_the_first_screen(
    reader: TestClient, state: OverseerState
) -> None:
    client = reader
    assert "is refused" not in client.get("/").text
    state.refused = lambda: f"inventory.yaml: hosts: no such thing {SCRIPT}"
    page = client.get("/").text
    assert "file is refused" in page and "no such thing &lt;script&gt;" in page
    warned = client.get("/readyz")
    assert warned.status_code == 200
    assert warned.json()["warnings"] == {
        "inventory": "its file is refused, an older one is in force"
    }


def test_a_record_that_a_check_finds_changed_is_said(
    reader: TestClient, state: OverseerState
) -> None:
    state.changed = lambda: f"leaf 3 is another {SCRIPT}"
    page = reader.get("/").text
    assert "The record was changed." in page and SCRIPT not in page
    answer = reader.get("/readyz")
    said = {"record": "it was changed by another hand"}
    assert (answer.status_code, answer.json()["failing"]) == (503, said)


def test_an_empty_record_is_shown(tmp_path: Any) -> None:
    state = make_state(tmp_path / "state", filled=False)
    config = make_config(state.folder, sign_in=proxy_entries(tmp_path))
    headers = {**PROXY_HEADERS, "origin": HOME}
    client = TestClient(make_app(state, config), HOME, headers=headers, client=("127.0.0.1", 1))
    for address in ("/", "/orders", "/findings", "/incidents", "/assets", "/coverage", "/record"):
        assert client.get(address).status_code == 200, address
    assert "has never been heard of" in client.get("/").text
    state.record.close()


def test_a_record_that_was_changed_is_told_and_no_page_made_up(
    reader: TestClient, state: OverseerState
) -> None:
    assert "Retire" in reader.get("/orders/O-1").text
    with closing(sqlite3.connect(state.folder / "record.db")) as database:
        changed = "CAST(replace(CAST(leaf AS TEXT), 'luma', 'orso') AS BLOB)"
        database.execute(f"UPDATE record_leaves SET leaf = {changed}")
        database.commit()
    answer = reader.get("/record/4")
    assert answer.status_code == 503 and "is another" in answer.text
    page = reader.get("/orders/O-1")
    assert page.status_code == 503 or "Retire" in page.text
    assert 'Retire <span class="name">orso' not in page.text
    assert reader.get("/readyz").status_code in (200, 503)


def test_an_order_is_given_after_a_look_and_its_report_is_a_file(
    reader: TestClient, state: OverseerState
) -> None:
    looked: list[list[str]] = []

    def look(hosts: Iterable[str]) -> dict[str, HostFacts]:
        looked.append(list(hosts))
        return {"gpu1": replace(looks()["gpu1"], ended=state.clock() + 5)}

    assert reader.get("/orders/O-1/report").status_code == 404
    state.look_now, state.report = look, lambda order: f"the report of {order}\n"
    csrf = token(reader.get("/orders/new").text)
    order = {"kind": "retire", "target": "luma", "by": "2030-01-01T10:00"}
    shown = reader.post("/orders/check", data={"csrf": csrf, **order}).text
    held = re.search(r'name="held" value="([^"]+)"', shown)
    assert held is not None and looked == []
    reader.post("/act", data={"csrf": csrf, "held": held[1], "answer": ""})
    assert looked == [["gpu1", "gpu2", "store"]]
    assert kinds(state, "order_given")[-1]["known_at"] > state.clock() + 3
    assert reader.get("/orders/O-3/report").text == "the report of O-3\n"


def test_a_passkey_page_does_nothing_unsigned(state: OverseerState) -> None:
    app = make_app(state, make_config(state.folder))
    cookie, session = app.state.desk.sessions.begin("Ada Marsh", "passkey")
    client = TestClient(app, HOME, headers={"origin": HOME}, cookies={"peerwatch": cookie})
    given = {"csrf": session.csrf, "kind": "retire", "target": "luma", "by": "2030-01-01T10:00"}
    for answer in ("", "null", "[]", "{}", '{"response": {}}', "[" * 100_000, '{"response": 3}'):
        shown = client.post("/orders/check", data=given).text
        held = re.search(r'name="held" value="([^"]+)"', shown)
        assert held is not None
        data = {"csrf": session.csrf, "held": held[1], "answer": answer}
        assert client.post("/act", data=data).status_code in (403, 413)
    assert len(kinds(state, "order_given")) == 2


def test_a_person_signs_out_of_all_browsers(state: OverseerState) -> None:
    app = make_app(state, make_config(state.folder))
    begun = [app.state.desk.sessions.begin(name, "passkey") for name in ("Ada", "Ada", "Ben")]
    (mine, session), (other, _), (bens, _) = begun
    client = TestClient(app, HOME, headers={"origin": HOME})
    data = {"csrf": session.csrf, "everywhere": "1"}
    client.post("/sign-out", data=data, headers={"cookie": f"peerwatch={mine}"})
    find = app.state.desk.sessions.find
    assert [find(one) is None for one in (mine, other, bens)] == [True, True, False]


def test_much_is_counted_quickly() -> None:
    one = FileFact("file", 100, 1, 1, 0o600, "luma", 1, digest="blake3:aa")
    files = {f"/srv/d{n % 50}/f{n}": one for n in range(20_000)}
    files |= {"/srv/d1.bak": replace(one, digest=None, sample="sample:aa"), "/srv/d1": one}
    seen = SeenHost(HostFacts("gpu1", 0.0, 1.0, files=files))
    assert seen.counts("/srv/d1") == FileCounts(401, 401, 0, 40_100)
    assert seen.counts("/srv/d1/") == FileCounts(400, 400, 0, 40_000)
    assert seen.counts("/srv").files == 20_002 and seen.counts("/").sampled == 1
    assert seen.counts("/elsewhere") == FileCounts(0, 0, 0, 0)
