"""Where webhooks may be sent: public addresses by HTTPS, and what the operator allows."""

import socket
from ipaddress import ip_network

import pytest

from matchmaker.domain.errors import SetupError
from matchmaker.notify.addresses import AddressPolicy, RefusedTargetError, is_public, resolve
from matchmaker.notify.webhooks import excerpt
from matchmaker.settings import Settings, read_settings

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "1.1.1.1", "172.32.0.1", "100.128.0.1"]
REFUSED = [
    "127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "192.88.99.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd12:3456::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::5db8:d70e", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378::1",
    "2001:db8::1", "3fff::1", "100::1", "2606:2800::1%1", "nonsense", "",
]  # fmt: skip


def policy(*addresses: str, allowed: str = "") -> AddressPolicy:
    networks = tuple(ip_network(one) for one in allowed.split(",") if one)
    return AddressPolicy(networks, lambda host, port: addresses)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called(address: str) -> None:
    assert is_public(address)
    assert policy(address).check("https://hooks.example.com/in?x=1").addresses == (address,)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_inside_is_refused_whatever_the_name(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(RefusedTargetError):
        policy(address).check("https://hooks.example.com/in")
    with pytest.raises(RefusedTargetError):  # one good address among others does not make a name good
        policy("93.184.215.14", address).check("https://hooks.example.com/in")


def test_which_names_there_are_inside_is_not_told() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("not known")

    told = set()
    for resolving in (unknown, lambda host, port: ["10.0.0.7"], lambda host, port: []):
        for scheme in ("http", "https"):
            with pytest.raises(RefusedTargetError) as raised:
                AddressPolicy((), resolving).check(f"{scheme}://intranet.example:8080/")
            told.add(str(raised.value))
    assert len(told) == 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "169.254.169.254", "10.1.2.3", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "localhost",
     "0x7f.0.0.1", "2130706433", "127.1", "0177.0.0.1"],
)  # fmt: skip
def test_other_spellings_of_an_inner_address_are_refused(host: str) -> None:
    with pytest.raises(RefusedTargetError):
        AddressPolicy().check(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "https:///x", "example.com",
        "https://user:pass@hooks.example.com/", "https://hooks.example.com/#a", "https://hooks.example.com:22/",
        "https://hooks.example.com:99999/", "https://hooks.example.com:6379/", "https://a b.example.com/",
        "https://hooks.example.com/\r\nHost: x", "gopher://hooks.example.com", "", "https://" + "a" * 2100,
    ],
)  # fmt: skip
def test_only_plain_web_addresses_of_https_are_taken(url: str) -> None:
    with pytest.raises(RefusedTargetError):
        policy(PUBLIC[0]).check(url)


def test_a_network_of_the_operators_own_is_called_when_allowed_also_without_tls() -> None:
    inside = policy("10.20.1.2", allowed="10.20.0.0/16,fd00::/8")
    assert inside.check("http://intranet.example.com:8080/x").addresses == ("10.20.1.2",)
    with pytest.raises(RefusedTargetError):
        policy("10.21.1.2", allowed="10.20.0.0/16").check("https://intranet.example.com/")
    with pytest.raises(RefusedTargetError):  # a second spelling is never an allowed one
        policy("::ffff:10.20.1.2", allowed="10.20.0.0/16").check("https://intranet.example.com/")
    with pytest.raises(RefusedTargetError):  # in the clear only when all of it stays inside
        policy("10.20.1.2", "93.184.215.14", allowed="10.20.0.0/16").check("http://intranet.example.com/")


def test_a_name_without_an_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_args: object, **_named: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(RefusedTargetError, match="no address"):
        AddressPolicy().check("https://hooks.example.com/")


def test_the_resolver_gives_every_address_once() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]


def test_the_setting_names_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Settings(webhook_private_ranges="10.20.0.0/16, fd00::/8").webhook_networks
    assert [str(one) for one in read] == ["10.20.0.0/16", "fd00::/8"]
    assert Settings().webhook_networks == ()
    monkeypatch.setenv("MATCHMAKER_WEBHOOK_PRIVATE_RANGES", "10.20.0.1/16")
    with pytest.raises(SetupError, match="WEBHOOK_PRIVATE_RANGES"):
        read_settings()


def test_of_an_answer_no_secret_is_kept() -> None:
    assert excerpt(b"ok\x00\x1b[1m whsec_abc+/=def and v1,c2lnbmF0dXJl end") == "ok  [1m … and … end"
    assert len(excerpt("å".encode() * 5000)) == 200
