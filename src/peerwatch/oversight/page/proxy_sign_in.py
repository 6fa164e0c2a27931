"""Sign-in behind a reverse proxy that says who it is, and proves that it is the proxy."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network


@dataclass(frozen=True, slots=True)
class TrustedProxy:
    """The proxy that may say who somebody is.

    Attributes:
        user_header: The header that names the person.
        secret_header: The header that holds the secret.
        secret: What only the proxy and this process know.
        addresses: Where it speaks from: addresses or networks.
    """

    user_header: str
    secret_header: str
    secret: str
    addresses: tuple[str, ...]

    def person(self, address: str | None, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return who a request is from, or None where the proxy does not vouch for it.

        A header that comes twice is refused: a proxy that adds its own may have let the other by.

        Args:
            address: Of the other end of the connection.
            headers: Names in lower case and values, as they came.
        """
        given = list(headers)
        secret = _only(given, self.secret_header)
        person = _only(given, self.user_header)
        known = hmac.compare_digest(secret or b"", self.secret.encode())
        if not known or not self.secret or not self._from_here(address) or not person:
            return None
        name = person.decode("utf-8", "replace").strip()
        return name if 0 < len(name) <= 200 and name.isprintable() else None

    def _from_here(self, address: str | None) -> bool:
        try:
            where = ip_address(address or "")
        except ValueError:
            return False
        return any(where in ip_network(one, strict=False) for one in self.addresses)


def _only(headers: list[tuple[bytes, bytes]], name: str) -> bytes | None:
    values = [value for key, value in headers if key == name.lower().encode()]
    return values[0] if len(values) == 1 else None
