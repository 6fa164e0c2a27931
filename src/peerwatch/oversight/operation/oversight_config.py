"""Configuration of oversight: one YAML file, and environment variables that win over it.

``PEERWATCH_OVERSIGHT_ORIGIN`` sets ``origin``; two underscores lead inside:
``PEERWATCH_OVERSIGHT_SIGN_IN__HOW`` sets ``sign_in.how``. What a variable holds is read as YAML.
Secrets stand in files that the configuration names; a database's password in the variable for
``record``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from peerwatch.common.errors import PeerwatchError, unknown
from peerwatch.common.yaml_files import problems, read_mapping

PREFIX = "PEERWATCH_OVERSIGHT_"
_HERE = ("localhost", "127.0.0.1", "[::1]")
Minutes = Annotated[float, Field(gt=0, le=100_000)]


class ConfigError(PeerwatchError):
    """A configuration that cannot be used; the message names each fault and its place."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProxyConfig(_Part):
    """The reverse proxy that says who somebody is.

    Attributes:
        user_header: The header that names the person.
        secret_header: The header that holds the secret.
        secret_file: Where the secret stands; it must be 32 characters or longer.
        addresses: Where the proxy speaks from.
    """

    user_header: str = "X-Forwarded-User"
    secret_header: str = "X-Peerwatch-Proxy-Secret"
    secret_file: Path
    addresses: tuple[str, ...] = ("127.0.0.1", "::1")

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            try:
                ip_network(one, strict=False)
            except ValueError:
                raise ValueError(f"'{one}' is no address or network, as 10.0.0.0/8.") from None
        return given


class SignInConfig(_Part):
    """How people sign in and for how long.

    Attributes:
        how: ``passkey``, or ``proxy`` where a reverse proxy says who it is.
        proxy: Needed for ``proxy``.
        idle_minutes: A session ends after so long without a request.
        longest_minutes: It ends after so long in any case.
        tries_a_minute: Of one address, to sign in or enrol.
    """

    how: Literal["passkey", "proxy"] = "passkey"
    proxy: ProxyConfig | None = None
    idle_minutes: Minutes = 30
    longest_minutes: Minutes = 720
    tries_a_minute: Annotated[int, Field(ge=1, le=1000)] = 10

    @model_validator(mode="after")
    def _has_its_proxy(self) -> SignInConfig:
        if self.how == "proxy" and self.proxy is None:
            raise ValueError("'how: proxy' needs the entry 'proxy' with its 'secret_file'.")
        if self.how == "passkey" and self.proxy is not None:
            raise ValueError("The entry 'proxy' is read only with 'how: proxy'.")
        return self


class WebhookConfig(_Part):
    """An address that is told by a link.

    Attributes:
        url: Where a JSON object is posted.
        secret_file: A secret by which the receiver checks the ``X-Peerwatch-Signature`` header.
        after_minutes: Only if nobody has opened the link by then.
    """

    url: str
    secret_file: Path | None = None
    after_minutes: Annotated[float, Field(ge=0, le=10_000)] = 0

    @field_validator("url")
    @classmethod
    def _is_web(cls, given: str) -> str:
        parts = urlsplit(given)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("Expected an address as https://host/path.")
        return given


class MailConfig(_Part):
    """People who are told by mail with a link.

    Attributes:
        server: The mail server.
        port: Its port.
        security: ``starttls``, ``tls`` from the first byte, or ``none`` on a machine of one's own.
        user: Of the mail server.
        password_file: Of that user.
        sender: The address that it comes from.
        to: The addresses that it goes to.
        after_minutes: Only if nobody has opened the link by then.
    """

    server: str
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password_file: Path | None = None
    sender: str
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    after_minutes: Annotated[float, Field(ge=0, le=10_000)] = 10

    @field_validator("sender", "to")
    @classmethod
    def _are_mail_addresses(cls, given: Any) -> Any:
        for one in (given,) if isinstance(given, str) else given:
            if "@" not in one or not one.isprintable() or any(c in one for c in " ,;<>"):
                raise ValueError(f"'{one}' is no mail address.")
        return given


class MessagesConfig(_Part):
    """Who is told that there is something to look at; a message holds a link and no content."""

    webhooks: tuple[WebhookConfig, ...] = ()
    mail: MailConfig | None = None
    bundle_seconds: Annotated[float, Field(ge=0, le=3600)] = 30
    """What happens within so long is one message."""


class AnchorsConfig(_Part):
    """The second places that are told checkpoints by schedule.

    Attributes:
        places: Directories, addresses of object stores, or ``git+`` and a remote.
        every_minutes: Between two checkpoints at a place. One that is three times as old is late.
    """

    places: tuple[str, ...] = ()
    every_minutes: Annotated[float, Field(ge=0.01, le=100_000)] = 60

    @property
    def every(self) -> float:
        """Seconds between two checkpoints at a place."""
        return self.every_minutes * 60

    @property
    def late(self) -> float:
        """Seconds after which the last one is older than it should be."""
        return 3 * self.every

    @field_validator("places")
    @classmethod
    def _can_be_found_from_anywhere(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if "://" not in one and not one.startswith("git+") and not Path(one).is_absolute():
                raise ValueError(
                    f"'{one}' is no whole path. Write it from '/', as /mnt/notary/anchors."
                )
        if len(set(given)) != len(given):
            raise ValueError("A place stands there twice. Name each once.")
        return given


class OversightConfig(_Part):
    """All of it.

    Attributes:
        state: The folder of keys, looks and, by default, the record.
        record: The record's database; ``sqlite:///…/record.db`` in ``state`` if left out.
        inventory: The inventory; ``inventory.yaml`` in ``state`` if left out.
        look_every_seconds: Between the beginnings of two looks at a host.
        settling_seconds: How long an order has to stay carried out before it is verified.
        heartbeat_seconds: Between two signs of life in the record.
        off_peak: The hours (UTC), from and until, in which large assets are read in full.
        listen: Where the page listens, ``address:port``.
        origin: What people type: ``https://host[:port]``. ``http`` only on this machine.
        sign_in: How people sign in.
        orders_by: Who may give and withdraw orders; everybody who is signed in, if left out.
        messages: Who is told.
        anchors: Where checkpoints are put by schedule.
        retention_days: Entries that are older are taken out; none are, if left out.
        metrics_token_file: A secret that whoever reads ``/metrics`` has to show; none, no metrics.
        log: ``json`` lines, or ``text`` for a terminal.
    """

    state: Path = Path("oversight")
    record: str | None = None
    inventory: Path | None = None
    look_every_seconds: Annotated[float, Field(ge=0.1, le=86_400)] = 60
    settling_seconds: Annotated[float, Field(ge=0, le=604_800)] = 180
    heartbeat_seconds: Annotated[float, Field(ge=0.1, le=3_600)] = 30
    off_peak: tuple[Annotated[int, Field(ge=0, le=24)], Annotated[int, Field(ge=0, le=24)]] = (1, 5)
    listen: Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$")] = (
        "127.0.0.1:8720"
    )
    origin: str = "http://localhost:8720"
    sign_in: SignInConfig = SignInConfig()
    orders_by: tuple[str, ...] = ()
    messages: MessagesConfig = MessagesConfig()
    anchors: AnchorsConfig = AnchorsConfig()
    retention_days: Annotated[float, Field(ge=1, le=36_500)] | None = None
    metrics_token_file: Path | None = None
    log: Literal["json", "text"] = "json"

    @field_validator("origin")
    @classmethod
    def _is_an_origin(cls, given: str) -> str:
        parts = urlsplit(given)
        host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
        if given != f"{parts.scheme}://{parts.netloc}" or not host or "@" in host:
            raise ValueError("Expected an origin as https://oversight.example, without a path.")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
            raise ValueError("Expected https; http is taken for localhost alone.")
        return given

    @model_validator(mode="after")
    def _passkeys_have_a_name(self) -> OversightConfig:
        name = urlsplit(self.origin).hostname or ""
        if self.sign_in.how == "passkey" and (name.replace(".", "").isdigit() or ":" in name):
            raise ValueError(
                f"Passkeys are bound to a name, and the origin has the address {name}. "
                "Write http://localhost:8720, or the host's name with https."
            )
        return self

    @property
    def host(self) -> str:
        """What the ``Host`` header has to say."""
        return urlsplit(self.origin).netloc

    @property
    def rp_id(self) -> str:
        """The name that passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether the page is reached by https."""
        return self.origin.startswith("https:")

    @property
    def record_url(self) -> str:
        """The record's database."""
        return self.record or f"sqlite:///{(self.state / 'record.db').absolute()}"

    @property
    def inventory_path(self) -> Path:
        """The inventory."""
        return self.inventory or self.state / "inventory.yaml"

    @property
    def listen_at(self) -> tuple[str, int]:
        """Address and port."""
        address, _, port = self.listen.rpartition(":")
        return address.strip("[]"), int(port)


def read_config(
    path: Path | None = None, environment: Mapping[str, str] | None = None
) -> OversightConfig:
    """Read the configuration.

    Args:
        path: The YAML file; none, and only the environment is read.
        environment: Variables; those of the process if left out.

    Raises:
        ConfigError: It cannot be used; all faults at once, with their places.
        DesignError: The file cannot be read or is not YAML.
    """
    data = {} if path is None else read_mapping(path)
    for name, value in sorted((os.environ if environment is None else environment).items()):
        if name.startswith(PREFIX):
            _put(data, name, value)
    try:
        return OversightConfig.model_validate(data)
    except ValidationError as error:
        where = path or "the environment"
        faults = "".join(f"\n  {fault}" for fault in problems(error, OversightConfig))
        raise ConfigError(f"The configuration of {where} cannot be used:{faults}") from None


def _put(data: dict[str, Any], name: str, value: str) -> None:
    *above, last = name.removeprefix(PREFIX).lower().split("__")
    first = (above or [last])[0]
    if first not in OversightConfig.model_fields:
        known = [PREFIX + key.upper() for key in OversightConfig.model_fields]
        raise ConfigError(unknown("variable", name, known))
    try:
        read = yaml.safe_load(value)
    except yaml.YAMLError:
        raise ConfigError(f"What the variable {name} holds is not YAML.") from None
    for step in above:
        inner = data.setdefault(step, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"The variable {name} leads inside '{step}', which has no entries.")
        data = inner
    data[last] = read


def read_secret(path: Path, at_least: int = 1) -> str:
    """Return the secret that a file holds, without the line's end.

    Raises:
        ConfigError: The file is not there, others may read it, or it is too short.
    """
    try:
        mode = path.stat().st_mode
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not text"
        raise ConfigError(f"{path}: the secret cannot be read ({said}).") from None
    if mode & 0o077:
        raise ConfigError(f"{path}: others can read this secret. Run: chmod 600 {path}")
    if len(secret) < at_least:
        raise ConfigError(f"{path}: the secret must have {at_least} characters or more.")
    return secret
