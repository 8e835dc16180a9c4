"""Which addresses a webhook may be sent to: none inside the operator's network, unless the operator allows it.

A municipality chooses the URL, and the server calls it: without a check it would call whatever only the server can
reach (server-side request forgery, https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html).
The name is resolved here, once, and the connection goes to what was checked.
"""

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from matchmaker.domain.errors import MatchmakerError, mark

Network = IPv4Network | IPv6Network

REFUSED = tuple(
    ip_network(one)
    for one in (
        "192.0.0.0/24",  # protocol assignments, of which Python calls some global
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped: a second spelling of every IPv4 address
        "64:ff9b::/96",  # NAT64 (RFC 6052): the gateway would turn it into any IPv4 address
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4: an IPv4 address within
        "3fff::/20",  # documentation (RFC 9637), not known to older Pythons
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local, of old
    )
)
"""Refused beside what Python's ``is_global`` refuses, which follows the registries
https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry."""

PORTS = (443, 8443)
"""Where HTTPS is served in public; any other port may belong to something that is no web server."""

LONGEST_URL = 2000

LOOKUP_SECONDS = 10.0
"""How long a look-up is waited for, where nothing less is left: the system's own may take minutes."""


class RefusedTargetError(MatchmakerError):
    """A URL that webhooks are not sent to."""

    code = "refused-target"


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL with the addresses to connect to, in the resolver's order."""

    url: httpx2.URL
    addresses: tuple[str, ...]


Resolver = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name.

    Raises:
        OSError: it has none.
    """
    return list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """``allowed`` are the operator's own networks that may be called all the same, there also without TLS."""

    allowed: tuple[Network, ...] = ()
    resolver: Resolver = resolve

    def check(self, text: str, seconds: float = LOOKUP_SECONDS) -> Target:
        """The target of a URL, its name looked up within ``seconds``.

        Raises:
            RefusedTargetError: it is no plain web address, its name has no address, or one of them is not to be called.
        """
        url = read_url(text)
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        addresses = self._look_up(url.raw_host.decode("ascii"), port, seconds)
        inside = bool(addresses) and all(self._is_allowed(one) for one in addresses)
        if not addresses or not all(self._is_allowed(one) or is_public(one) for one in addresses):
            # One answer for both: else it would tell which names there are inside the operator's network.
            raise RefusedTargetError(mark("The server {host} has no address on the public internet."), host=url.host)
        if not inside and not secure:
            raise RefusedTargetError(mark("The address must begin with https://."))
        if not inside and port not in PORTS:
            raise RefusedTargetError(mark("The port {port} is not one of a web server: use 443 or 8443."), port=port)
        return Target(url, addresses)

    def _look_up(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        """The addresses of a name; none where it has none, or where nobody says so in time.

        The system's look-up cannot be stopped. It is left to a thread that ends by itself, and that nobody waits for.
        """
        found: list[tuple[str, ...]] = []

        def look_up() -> None:
            try:
                found.append(tuple(self.resolver(host, port)))
            except (OSError, UnicodeError):
                found.append(())

        thread = threading.Thread(target=look_up, name="look-up", daemon=True)
        thread.start()
        thread.join(seconds)
        return found[0] if found else ()

    def _is_allowed(self, address: str) -> bool:
        parsed = _parse(address)
        return parsed is not None and any(parsed.version == one.version and parsed in one for one in self.allowed)


def read_url(text: str) -> httpx2.URL:
    """A URL of http or https, without a user, password or fragment.

    Raises:
        RefusedTargetError: it is none.
    """
    refused = RefusedTargetError(mark("That is no web address that messages can be sent to."))
    if len(text) > LONGEST_URL or not text.isprintable() or " " in text:
        raise refused
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError):
        raise refused from None
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.fragment:
        raise refused
    return url


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, of one host, and in its own notation."""
    parsed = _parse(address)
    if parsed is None or not parsed.is_global or parsed.is_multicast or parsed.is_reserved:
        return False
    return not any(parsed.version == one.version and parsed in one for one in REFUSED)


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    """None for what is none, and for one with a zone, which means something on this machine only."""
    try:
        return None if "%" in address else ip_address(address)
    except ValueError:
        return None
