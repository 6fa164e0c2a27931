"""Passkeys: enrolment, sign-in, and the signature under an order (WebAuthn).

Which passkeys there are is a fold of the record: a ``signed_in`` leaf holds the passkey that it was
by. So nobody signs in with a passkey whose enrolment is not in the record.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.record.canonical_json import canonical, plain

CHALLENGE_LIFE = 300.0
"""Seconds within which a challenge is answered."""
MOST_CHALLENGES = 1_000


class PasskeyError(PeerwatchError):
    """A passkey or its answer that is not accepted; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of a person; identifier and key in base64url, as browsers write them."""

    person: str
    id: str
    public_key: str
    sign_count: int

    def as_json(self) -> dict[str, Any]:
        """Return what a leaf holds of it; in hexadecimal, which looks like no token of anybody."""
        return {
            "id": _hex(self.id),
            "public_key": _hex(self.public_key),
            "sign_count": self.sign_count,
        }


def passkeys(bodies: Iterable[Mapping[str, Any]]) -> dict[str, Passkey]:
    """Return the passkeys that the bodies of ``signed_in`` leaves hold, by identifier.

    A later leaf replaces an earlier one: its count is the newer. One that was carried over, since
    the leaf of its last use was to be retired, says nothing new: it may be withdrawn meanwhile.
    """
    found: dict[str, Passkey] = {}
    known: set[str] = set()
    for body in bodies:
        kept = body.get("passkey")
        if not kept:
            continue
        name = bytes_to_base64url(bytes.fromhex(kept["id"]))
        if body["how"] == "passkey_carried" and name in known:
            continue
        known.add(name)
        if body["how"] == "passkey_withdrawn":
            found.pop(name, None)
            continue
        key = bytes_to_base64url(bytes.fromhex(kept["public_key"]))
        found[name] = Passkey(body["person"], name, key, int(kept["sign_count"]))
    return found


def _hex(text: str) -> str:
    return base64url_to_bytes(text).hex()


@dataclass(frozen=True, slots=True)
class SignedAct:
    """What a person signed: the text of the act, and the authenticator's answer to it."""

    passkey: Passkey
    nonce: str
    answer: Mapping[str, str]
    """``authenticator_data``, ``client_data``, ``signature`` in hexadecimal."""

    def as_json(self) -> dict[str, Any]:
        """Return what goes into the leaf, so that anybody can check the signature."""
        return {"passkey": _hex(self.passkey.id), "nonce": self.nonce, **self.answer}


def act_challenge(act: Mapping[str, Any], nonce: str) -> bytes:
    """Return the challenge that stands for one act: only this act is signed by its answer.

    It is SHA-256 of ``peerwatch act``, NUL, the nonce, NUL and the act's canonical JSON.
    """
    return hashlib.sha256(f"peerwatch act\0{nonce}\0".encode() + canonical(plain(act))).digest()


class PasskeyDesk:
    """Asks browsers for passkeys and checks what they answer.

    Args:
        rp_id: The host name that passkeys are bound to.
        origin: Where the page is, ``https://host[:port]``.
        clock: For tests.
    """

    def __init__(
        self, rp_id: str, origin: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rp_id = rp_id
        self._origin = origin
        self._clock = clock
        self._asked: OrderedDict[bytes, tuple[float, str]] = OrderedDict()
        self._lock = threading.Lock()

    def ask_to_enrol(self, person: str, known: Iterable[Passkey]) -> dict[str, Any]:
        """Return the options of ``navigator.credentials.create`` for a person."""
        options = generate_registration_options(
            rp_id=self._rp_id,
            rp_name="Peerwatch",
            user_name=person,
            user_id=hashlib.sha256(f"peerwatch person\0{person}".encode()).digest(),
            challenge=self._ask(f"enrol {person}"),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(one for one in known if one.person == person),
        )
        return dict(json.loads(options_to_json(options)))

    def enrolled(self, person: str, answer: Mapping[str, Any]) -> Passkey:
        """Return the passkey that a browser made.

        Raises:
            PasskeyError: The answer is not one to a question of ours, or does not hold.
        """
        challenge = self._answered(answer, f"enrol {person}")
        try:
            made = verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise PasskeyError("This passkey was not accepted. Try again.") from error
        return Passkey(
            person,
            bytes_to_base64url(made.credential_id),
            bytes_to_base64url(made.credential_public_key),
            made.sign_count,
        )

    def ask_to_sign_in(self) -> dict[str, Any]:
        """Return the options of ``navigator.credentials.get``; the browser offers what it has."""
        return self._get_options(self._ask("sign in"), ())

    def signed_in(self, answer: Mapping[str, Any], known: Mapping[str, Passkey]) -> Passkey:
        """Return the passkey that signed in, with its new count.

        Raises:
            PasskeyError: It did not.
        """
        return self._verified(answer, self._answered(answer, "sign in"), known)

    def ask_to_sign(
        self, act: Mapping[str, Any], person: str, known: Mapping[str, Passkey]
    ) -> tuple[str, dict[str, Any]]:
        """Return a nonce and the options by which a person signs one act."""
        nonce = secrets.token_hex(16)
        own = [one for one in known.values() if one.person == person]
        challenge = act_challenge(act, nonce)
        self._keep(challenge, f"act {person}")
        return nonce, self._get_options(challenge, own)

    def signed_act(
        self,
        act: Mapping[str, Any],
        nonce: str,
        person: str,
        answer: Mapping[str, Any],
        known: Mapping[str, Passkey],
    ) -> SignedAct:
        """Return the signature of a person under an act.

        Raises:
            PasskeyError: It is not theirs, not of this act, too late or used before.
        """
        challenge = self._answered(answer, f"act {person}")
        if challenge != act_challenge(act, nonce):
            raise PasskeyError("This signature belongs to something else. Begin again.")
        own = {key: one for key, one in known.items() if one.person == person}
        used = self._verified(answer, challenge, own)
        said = answer["response"]
        return SignedAct(
            used,
            nonce,
            {
                "authenticator_data": _hex(said["authenticatorData"]),
                "client_data": _hex(said["clientDataJSON"]),
                "signature": _hex(said["signature"]),
            },
        )

    def _verified(
        self, answer: Mapping[str, Any], challenge: bytes, known: Mapping[str, Passkey]
    ) -> Passkey:
        passkey = known.get(str(answer.get("id")))
        if passkey is None:
            raise PasskeyError("This passkey is not enrolled here.")
        try:
            checked = verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise PasskeyError("This passkey's answer was not accepted. Try again.") from error
        return Passkey(passkey.person, passkey.id, passkey.public_key, checked.new_sign_count)

    def _get_options(self, challenge: bytes, allowed: Iterable[Passkey]) -> dict[str, Any]:
        options = generate_authentication_options(
            rp_id=self._rp_id,
            challenge=challenge,
            allow_credentials=_described(allowed),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(json.loads(options_to_json(options)))

    def _ask(self, purpose: str) -> bytes:
        challenge = secrets.token_bytes(32)
        self._keep(challenge, purpose)
        return challenge

    def _keep(self, challenge: bytes, purpose: str) -> None:
        with self._lock:
            self._asked[challenge] = (self._clock() + CHALLENGE_LIFE, purpose)
            while len(self._asked) > MOST_CHALLENGES:
                self._asked.popitem(last=False)

    def _answered(self, answer: Mapping[str, Any], purpose: str) -> bytes:
        """Return the challenge that an answer is to; it is good for no other."""
        try:
            said = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
            challenge = base64url_to_bytes(said["challenge"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise PasskeyError("The browser's answer cannot be read. Try again.") from error
        with self._lock:
            ends, asked = self._asked.pop(challenge, (0.0, ""))
        if asked != purpose or ends < self._clock():
            raise PasskeyError("This took too long, or was used before. Begin again.")
        return challenge


def _described(known: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known]
