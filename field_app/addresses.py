"""Addresses that a setting names: what they are made of, and whether they stay inside the house. Pure."""

import ipaddress
from urllib.parse import urlsplit

# Where an unencrypted line stays inside the house: this machine and the private address blocks.
INSIDE = tuple(
    ipaddress.ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)  # fmt: skip

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


def model_address(url: str) -> tuple[str, bool]:
    """The scheme, and whether the host is this machine or a private address."""
    scheme, host = address_of(
        url,
        "MODEL_URL 写法不对，应如 https://model.example/v1，不带账号、密钥、? 和 #；密钥设在 MODEL_KEY",
    )
    return scheme, within(host, INSIDE)


def address_of(url: str, says: str) -> tuple[str, str]:
    """The scheme and the host of an address to call. ValueError, which does not repeat the
    address: somebody may have put the key into it."""
    wrong = ValueError(says)
    try:
        parts = urlsplit(url)
        _ = parts.port  # refuses what is no number
    except ValueError:
        raise wrong from None
    host = parts.hostname or ""
    odd = {"@", "?", "#", "\\"} & set(url) or not url.isprintable() or " " in url
    if parts.scheme not in ("http", "https") or not host or odd:
        raise wrong
    return parts.scheme, host


def within(host: str, blocks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return any(address in block for block in blocks)
