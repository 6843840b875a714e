"""The networks that an account takes requests from: CIDR blocks (RFC 4632, RFC 4291 section 2.3).

An IPv4 address that comes in the clothes of IPv6 (``::ffff:192.0.2.1``, RFC 4291 section 2.5.5.2)
is the IPv4 address; otherwise the same machine would be inside by one name and outside by another.
"""

import ipaddress
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_SHAPE: Final = re.compile(r"[0-9a-fA-F.:]+(?:/[0-9]{1,3})?")
_MAPPED: Final = 96
"""Bits of an IPv6 address that say that an IPv4 address follows."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def canonical(text: str) -> str:
    """Write a network the one way there is; an address alone is the network of one.

    Raises ValueError, which completes the sentence "The network …".
    """
    text = text.strip()
    shaped = text if _SHAPE.fullmatch(text) else ""
    try:
        network: _Network = ipaddress.ip_network(shaped, strict=False)
    except ValueError:
        raise ValueError(
            "must be a network such as 192.0.2.0/24 or 2001:db8::/32, or one address"
        ) from None
    alone = text.partition("/")[0]
    if ipaddress.ip_address(alone) != network.network_address:
        raise ValueError(
            f"must be {_plain(network)}, or {alone} for that address alone; {text} could mean either"
        )
    return str(_plain(network))


def admits(networks: Sequence[str], address: str | None) -> bool:
    """Say whether an address is in one of the networks; without any network every address is."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in _read(network) for network in networks)


@lru_cache(maxsize=1024)
def _read(network: str) -> _Network:
    return _plain(ipaddress.ip_network(network))


def _plain(network: _Network) -> _Network:
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED:
        return network
    return ipaddress.ip_network(f"{mapped}/{network.prefixlen - _MAPPED}")
