"""The named administration commands a host offers.

A host's ``commands`` map the name that is typed to a :class:`~peerwatch.world.state.Command`,
whose ``action`` is a key of :data:`ACTIONS`. To add a command, write a function from a
:class:`CommandCall` to a :class:`~peerwatch.world.operation_result.Result` and enter it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from peerwatch.world.access import is_admin
from peerwatch.world.applied_outcomes import append_entry, roster_names
from peerwatch.world.listings import time_text
from peerwatch.world.operation_result import OperationResult, failed_operation, with_file, with_host
from peerwatch.world.paths import shown_path, under_file
from peerwatch.world.state import File, Host, Message, Service, Snapshot, User

MAX_ARGUMENTS = 128 * 1024
"""Characters that a command's arguments may hold together."""
_USER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")


@dataclass(frozen=True, slots=True)
class CommandCall:
    """One command as it was called."""

    snapshot: Snapshot
    host_name: str
    name: str
    """The name typed, for messages."""
    settings: Mapping[str, str]
    arguments: tuple[str, ...]
    user: str

    @property
    def host(self) -> Host:
        """Return the host that the command runs on."""
        return self.snapshot.hosts[self.host_name]

    def fail(self, message: str) -> OperationResult:
        """Return an error that begins with the command's name."""
        return failed_operation(self.snapshot, f"{self.name}: {message}")

    def usage(self, *forms: str) -> OperationResult:
        """Return a usage error, one line for each form."""
        lines = [f"{self.name} {form}".rstrip() for form in forms]
        return failed_operation(self.snapshot, "usage: " + "\n       ".join(lines))


Action = Callable[[CommandCall], OperationResult]


def run_named_command(
    snapshot: Snapshot, host_name: str, name: str, arguments: tuple[str, ...], user: str
) -> OperationResult:
    """Run a command of a host; ``help`` lists them.

    Raises:
        LookupError: The world's own description names an action that does not exist.
    """
    commands = snapshot.hosts[host_name].commands
    command = commands.get(name)
    if command is None and name == "help":
        listed = "\n".join(sorted(commands))
        return OperationResult(snapshot, f"{listed}\nWithout arguments, each says how it is used.")
    if command is None:
        return failed_operation(snapshot, f"bash: {shown_path(name)}: command not found")
    action = ACTIONS.get(command.action)
    if action is None:
        raise LookupError(f"command '{name}' of host '{host_name}': no action '{command.action}'")
    if sum(map(len, arguments)) > MAX_ARGUMENTS:
        return failed_operation(snapshot, f"bash: {shown_path(name)}: Argument list too long")
    for argument in arguments:
        if "\0" in argument or not _encodable(argument):
            return failed_operation(
                snapshot, f"bash: {shown_path(name)}: invalid character in an argument"
            )
    return action(CommandCall(snapshot, host_name, name, command.settings, arguments, user))


def service(call: CommandCall) -> OperationResult:
    """List services, or show, start, stop, enable or disable one."""
    usage = ("list", "status|start|stop|enable|disable NAME")
    services = call.host.services
    if call.arguments == ("list",):
        lines = [_service_line(name, services[name]) for name in sorted(services)]
        return OperationResult(call.snapshot, "\n".join(lines))
    if len(call.arguments) != 2:
        return call.usage(*usage)
    verb, name = call.arguments
    if verb not in ("status", "start", "stop", "enable", "disable"):
        return call.usage(*usage)
    now = services.get(name)
    if now is None:
        return call.fail(f"Unit {shown_path(name)}.service could not be found.")
    if verb == "status":
        return OperationResult(call.snapshot, _service_line(name, now))
    running = verb == "start" if verb in ("start", "stop") else now.running
    enabled = verb == "enable" if verb in ("enable", "disable") else now.enabled
    changed = Service(running, enabled, now.description)
    host = call.host
    after = with_host(
        call.snapshot,
        call.host_name,
        Host(host.address, host.files, {**services, name: changed}, host.users, host.commands),
    )
    return OperationResult(after, _service_line(name, changed))


def users(call: CommandCall) -> OperationResult:
    """List accounts, or add or remove one, which only an administrator may."""
    usage = ("list", "add NAME [--agent] [--admin]", "remove NAME")
    if call.arguments == ("list",):
        accounts = call.host.users
        return OperationResult(
            call.snapshot, "\n".join(_user_line(name, accounts[name]) for name in sorted(accounts))
        )
    verb = call.arguments[0] if call.arguments else ""
    flags = {argument for argument in call.arguments[1:] if argument.startswith("-")}
    names = [argument for argument in call.arguments[1:] if not argument.startswith("-")]
    allowed_flags = {"--agent", "--admin"} if verb == "add" else set()
    if verb not in ("add", "remove") or len(names) != 1 or flags - allowed_flags:
        return call.usage(*usage)
    if not is_admin(call.host, call.user):
        return call.fail(f"cannot {verb} '{shown_path(names[0])}': Permission denied")
    return _add_user(call, names[0], flags) if verb == "add" else _remove_user(call, names[0])


def _add_user(call: CommandCall, name: str, flags: set[str]) -> OperationResult:
    if _USER_NAME.fullmatch(name) is None:
        return call.fail(f"invalid user name '{shown_path(name)}'")
    if name in call.host.users:
        return call.fail(f"user '{name}' already exists")
    user = User("agent" if "--agent" in flags else "human", "--admin" in flags)
    after = _with_users(call, {**call.host.users, name: user})
    return OperationResult(after, f"added {_user_line(name, user)}")


def _remove_user(call: CommandCall, name: str) -> OperationResult:
    if name not in call.host.users:
        return call.fail(f"user '{shown_path(name)}' does not exist")
    left = {other: user for other, user in call.host.users.items() if other != name}
    return OperationResult(_with_users(call, left), f"removed {name}")


def apply_outcome(call: CommandCall) -> OperationResult:
    """Enter an outcome for someone of the roster in the register.

    Settings: ``roster`` and ``register``, paths of YAML files on this host; ``outcomes``, the
    outcomes there are, separated by commas. The command holds its own rights to both files.
    """
    if len(call.arguments) != 2:
        return call.usage("NAME OUTCOME")
    name, outcome = call.arguments
    outcomes = [part.strip() for part in call.settings["outcomes"].split(",")]
    if outcome not in outcomes:
        return call.fail(f"unknown outcome '{shown_path(outcome)}' (one of: {', '.join(outcomes)})")
    roster, register = call.settings["roster"], call.settings["register"]
    files = call.host.files
    names = roster_names(files.get(roster))
    if isinstance(names, str):
        return call.fail(f"cannot read the roster {roster}: {names}")
    if name not in names:
        return call.fail(f"no entry named '{shown_path(name)}' in {roster}")
    if under_file(files, register):
        return call.fail(f"cannot write the register {register}: Not a directory")
    at = time_text(call.snapshot.clock, "%Y-%m-%dT%H:%M:%SZ")
    old = files.get(register)
    text = append_entry(old, name, outcome, at)
    if text is None:
        return call.fail(f"cannot add to the register {register}: not a list of entries")
    mode, owner = (0o644, "root") if old is None else (old.mode, old.owner)
    file = File.text(text, call.snapshot.clock, mode=mode, owner=owner)
    after = with_file(call.snapshot, call.host_name, register, file)
    return OperationResult(after, f"{name}: {outcome}, entered in {register}")


def disk(call: CommandCall) -> OperationResult:
    """Show how full the host is.

    Settings: ``capacity``, the size of its disk in bytes; ``system``, what the system and its
    packages take of that, none if left out.
    """
    if call.arguments:
        return call.usage("")
    used = int(call.settings.get("system", "0"))
    used += sum(file.size for file in call.host.files.values())
    capacity = int(call.settings["capacity"])
    percent = -(-100 * used // capacity) if capacity else 100  # rounded up, as df does
    rows = (
        ("Size", "Used", "Avail", "Use%", "Mounted on"),
        (_human(capacity), _human(used), _human(max(0, capacity - used)), f"{percent}%", "/"),
    )
    return OperationResult(
        call.snapshot, "\n".join("{:>7} {:>7} {:>7} {:>5} {}".format(*r) for r in rows)
    )


def mail(call: CommandCall) -> OperationResult:
    """Send a message, or list those there are."""
    if call.arguments == ("list",):
        return OperationResult(
            call.snapshot, "\n".join(_message(entry) for entry in call.snapshot.mail)
        )
    if len(call.arguments) != 4 or call.arguments[0] != "send":
        return call.usage("list", "send TO SUBJECT BODY")
    _, recipient, subject, body = call.arguments
    if not recipient.strip():
        return call.fail("no recipient")
    now = call.snapshot
    message = Message(now.clock, call.user, recipient, subject, body)
    after = Snapshot(now.clock, now.hosts, (*now.mail, message), now.memory)
    return OperationResult(after, f"sent to {shown_path(recipient)}")


ACTIONS: dict[str, Action] = {
    "service": service,
    "users": users,
    "apply_outcome": apply_outcome,
    "disk": disk,
    "mail": mail,
}


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _with_users(call: CommandCall, accounts: Mapping[str, User]) -> Snapshot:
    host = call.host
    changed = Host(host.address, host.files, host.services, accounts, host.commands)
    return with_host(call.snapshot, call.host_name, changed)


def _service_line(name: str, state: Service) -> str:
    running = "active (running)" if state.running else "inactive (dead)"
    enabled = "enabled" if state.enabled else "disabled"
    described = f" - {state.description}" if state.description else ""
    return f"{name}.service{described}: {running}; {enabled}"


def _user_line(name: str, account: User) -> str:
    return f"{name} ({account.kind}{', admin' if account.admin else ''})"


def _message(entry: Message) -> str:
    head = f"{time_text(entry.at)} {entry.sender} -> {entry.recipient}: {entry.subject}"
    return head + "".join(f"\n    {line}" for line in entry.body.splitlines())


def _human(size: int) -> str:
    """Return a size as ``df -h`` writes it."""
    value = float(size)
    for unit in ("", "K", "M", "G"):
        if value < 1024:
            return f"{value:.1f}{unit}" if unit and value < 10 else f"{value:.0f}{unit}"
        value /= 1024
    return f"{value:.1f}T"
