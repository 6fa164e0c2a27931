"""``peerwatch oversee passkeys`` and ``passkey-withdraw``: who may sign in on the page."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from peerwatch.commands.options import AsJson
from peerwatch.commands.oversee_options import ConfigOption, StateOption
from peerwatch.commands.oversee_state import config_of
from peerwatch.common.errors import PeerwatchError
from peerwatch.oversight.orders.order_report import plain_lines
from peerwatch.oversight.page.passkeys import Passkey, passkeys
from peerwatch.oversight.record.oversight_record import Record
from peerwatch.oversight.state_folder import open_record


def passkeys_command(
    state: StateOption = None, config: ConfigOption = None, as_json: AsJson = False
) -> None:
    """List the passkeys that may sign in on the page, by the record."""
    with open_record(config_of(state, config)) as record:
        found = [{"person": one.person, **one.as_json()} for one in _known(record)]
    if as_json:
        print(json.dumps({"passkeys": found}, ensure_ascii=False))
        return
    for line in plain_lines(f"{one['id'][:16]}  {one['person']}" for one in found):
        print(line)
    if not found:
        print("Nobody has a passkey yet. Make a code: peerwatch oversee passkey-code NAME")


def passkey_withdraw_command(
    passkey: Annotated[str, typer.Argument(help="Its identifier, or the beginning of it.")],
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Withdraw a passkey: it signs in no more. Sessions that are open end by themselves."""
    with open_record(config_of(state, config)) as record:
        found = [one for one in _known(record) if one.as_json()["id"].startswith(passkey)]
        if len(found) != 1 or not passkey:
            raise PeerwatchError(
                f"{len(found)} passkeys begin with '{passkey}'. Give one of those that "
                "'peerwatch oversee passkeys' lists."
            )
        (one,) = found
        body = {"person": one.person, "how": "passkey_withdrawn", "passkey": one.as_json()}
        record.append("signed_in", body, durable=True)
    print(f"{one.as_json()['id'][:16]} of {one.person} signs in no more.")


def _known(record: Record) -> list[Passkey]:
    return list(passkeys(entry.body for entry in record.entries(("signed_in",))).values())
