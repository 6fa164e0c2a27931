"""What a passkey's answer is accepted for, with an authenticator of software."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

from peerwatch.oversight.page.passkeys import Passkey, PasskeyDesk, PasskeyError

ORIGIN, RP_ID = "https://oversight.example", "oversight.example"
ACT = {"act": "give an order", "person": "Ada", "kind": "retire", "target": "luma"}


class Token:
    """An authenticator with one key."""

    def __init__(self, person: str, name: bytes = b"one") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        public = bytes_to_base64url(encode_cbor(cose))
        self.passkey = Passkey(person, bytes_to_base64url(name), public, 0)

    def answer(self, challenge: str, origin: str = ORIGIN, rp: str = RP_ID, flags: int = 5) -> Any:
        said = {"type": "webauthn.get", "challenge": challenge, "origin": origin}
        client = json.dumps(said).encode()
        data = hashlib.sha256(rp.encode()).digest() + bytes([flags]) + (0).to_bytes(4, "big")
        digest = hashlib.sha256(client).digest()
        signature = self.key.sign(data + digest, ec.ECDSA(SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return {
            "id": self.passkey.id,
            "rawId": self.passkey.id,
            "type": "public-key",
            "response": {key: bytes_to_base64url(value) for key, value in response.items()},
        }


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(clock: Clock) -> PasskeyDesk:
    return PasskeyDesk(RP_ID, ORIGIN, clock)


def known(*tokens: Token) -> dict[str, Passkey]:
    return {one.passkey.id: one.passkey for one in tokens}


def test_an_answer_signs_in_once(desk: PasskeyDesk) -> None:
    ada = Token("Ada")
    answer = ada.answer(desk.ask_to_sign_in()["challenge"])
    assert desk.signed_in(answer, known(ada)).person == "Ada"
    with pytest.raises(PasskeyError, match="used before"):
        desk.signed_in(answer, known(ada))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://oversight.example.evil"},
        {"origin": "http://oversight.example"},
        {"rp": "evil.example"},
        {"flags": 1},
        {"flags": 4},
    ],
)
def test_an_answer_for_elsewhere_or_without_its_user_signs_nobody_in(
    desk: PasskeyDesk, wrong: dict[str, Any]
) -> None:
    ada = Token("Ada")
    with pytest.raises(PasskeyError, match="not accepted"):
        desk.signed_in(ada.answer(desk.ask_to_sign_in()["challenge"], **wrong), known(ada))


def test_who_is_not_enrolled_or_too_late_does_not_sign_in(desk: PasskeyDesk, clock: Clock) -> None:
    ada, mallory = Token("Ada"), Token("Ada")
    with pytest.raises(PasskeyError, match="not enrolled"):
        desk.signed_in(ada.answer(desk.ask_to_sign_in()["challenge"]), {})
    with pytest.raises(PasskeyError, match="not accepted"):
        desk.signed_in(mallory.answer(desk.ask_to_sign_in()["challenge"]), known(ada))
    answer = ada.answer(desk.ask_to_sign_in()["challenge"])
    clock.now += 301
    with pytest.raises(PasskeyError, match="too long"):
        desk.signed_in(answer, known(ada))


def test_an_act_is_signed_as_it_is(desk: PasskeyDesk) -> None:
    ada = Token("Ada")
    nonce, options = desk.ask_to_sign(ACT, "Ada", known(ada))
    signed = desk.signed_act(ACT, nonce, "Ada", ada.answer(options["challenge"]), known(ada))
    kept = signed.as_json()
    client = bytes.fromhex(kept["client_data"])
    data = bytes.fromhex(kept["authenticator_data"]) + hashlib.sha256(client).digest()
    ada.key.public_key().verify(bytes.fromhex(kept["signature"]), data, ec.ECDSA(SHA256()))
    assert base64url_to_bytes(kept_id(kept)) == b"one"


def kept_id(kept: dict[str, Any]) -> str:
    return bytes_to_base64url(bytes.fromhex(kept["passkey"]))


def test_a_signature_is_of_its_act_its_person_and_its_purpose(desk: PasskeyDesk) -> None:
    ada, ben = Token("Ada", b"ada"), Token("Ben", b"ben")
    both = known(ada, ben)
    nonce, options = desk.ask_to_sign(ACT, "Ada", both)
    with pytest.raises(PasskeyError, match="something else"):
        other = {**ACT, "target": "orso"}
        desk.signed_act(other, nonce, "Ada", ada.answer(options["challenge"]), both)
    nonce, options = desk.ask_to_sign(ACT, "Ada", both)
    with pytest.raises(PasskeyError, match="not enrolled"):
        desk.signed_act(ACT, nonce, "Ada", ben.answer(options["challenge"]), both)
    nonce, options = desk.ask_to_sign(ACT, "Ada", both)
    with pytest.raises(PasskeyError, match="used before"):
        desk.signed_act(ACT, nonce, "Ben", ben.answer(options["challenge"]), both)
    nonce, _ = desk.ask_to_sign(ACT, "Ada", both)
    with pytest.raises(PasskeyError, match="used before"):
        answer = ada.answer(desk.ask_to_sign_in()["challenge"])
        desk.signed_act(ACT, nonce, "Ada", answer, both)
