"""``peerwatch oversee``: orders that are verified, what watches, and a record of it.

The work is in ``peerwatch.oversight``; the subcommands are in the modules ``oversee_…`` beside this
one.
"""

from __future__ import annotations

import typer

from peerwatch.commands.oversee_options import check_extra

check_extra()

from peerwatch.commands.oversee_decide import decide_command  # noqa: E402
from peerwatch.commands.oversee_orders import (  # noqa: E402
    order_app,
    orders_command,
    report_command,
    reported_command,
    verify_command,
    withdraw_command,
)
from peerwatch.commands.oversee_passkeys import (  # noqa: E402
    passkey_withdraw_command,
    passkeys_command,
)
from peerwatch.commands.oversee_record import (  # noqa: E402
    anchor_command,
    backup_command,
    container_recipe_command,
    export_command,
    passkey_code_command,
    restore_command,
    systemd_unit_command,
    verify_log_command,
)
from peerwatch.commands.oversee_scores import peers_command, scores_command  # noqa: E402
from peerwatch.commands.oversee_watch import (  # noqa: E402
    check_command,
    init_command,
    look_command,
    schema_command,
    up_command,
)

oversee_app = typer.Typer(
    name="oversee",
    help="Watch what the lives of AI agents hang on, and verify orders about them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_begin, _orders, _record, _run = "To begin", "Orders", "The record", "Running it"
_gate = "The gate"

oversee_app.command("init", rich_help_panel=_begin)(init_command)
oversee_app.command("check", rich_help_panel=_begin)(check_command)
oversee_app.command("schema", rich_help_panel=_begin)(schema_command)
oversee_app.command("look", rich_help_panel=_begin)(look_command)
oversee_app.add_typer(order_app, name="order", rich_help_panel=_orders)
oversee_app.command("orders", rich_help_panel=_orders)(orders_command)
oversee_app.command("reported", rich_help_panel=_orders)(reported_command)
oversee_app.command("verify", rich_help_panel=_orders)(verify_command)
oversee_app.command("report", rich_help_panel=_orders)(report_command)
oversee_app.command("withdraw", rich_help_panel=_orders)(withdraw_command)
oversee_app.command("decide", rich_help_panel=_gate)(decide_command)
oversee_app.command("scores", rich_help_panel=_record)(scores_command)
oversee_app.command("peers", rich_help_panel=_record)(peers_command)
oversee_app.command("export", rich_help_panel=_record)(export_command)
oversee_app.command("verify-log", rich_help_panel=_record)(verify_log_command)
oversee_app.command("anchor", rich_help_panel=_record)(anchor_command)
oversee_app.command("up", rich_help_panel=_run)(up_command)
oversee_app.command("passkey-code", rich_help_panel=_run)(passkey_code_command)
oversee_app.command("passkeys", rich_help_panel=_run)(passkeys_command)
oversee_app.command("passkey-withdraw", rich_help_panel=_run)(passkey_withdraw_command)
oversee_app.command("backup", rich_help_panel=_run)(backup_command)
oversee_app.command("restore", rich_help_panel=_run)(restore_command)
oversee_app.command("systemd-unit", rich_help_panel=_run)(systemd_unit_command)
oversee_app.command("container-recipe", rich_help_panel=_run)(container_recipe_command)
