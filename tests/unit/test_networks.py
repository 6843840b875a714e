"""Networks of an account: each written one way, and no address inside by one name alone."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.networks import admits, canonical


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        (" 192.0.2.7 ", "192.0.2.7/32"),
        ("192.0.2.7/32", "192.0.2.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8:0:0::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::/0", "::/0"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:c000:207", "192.0.2.7/32"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
    ],
)
def test_a_network_is_written_one_way(typed: str, meant: str) -> None:
    assert canonical(typed) == meant
    assert canonical(meant) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", "/", "/24", "everywhere", "192.0.2.0/33", "2001:db8::/129", "192.0.2.0/-1"),
        *("192.0.2.0/24/24", "192.0.2/24", "192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255"),
        *("192.00.2.0/24", "fe80::1%eth0", "192.0.2.0 192.0.3.0", "1", "192.0.2.0/٢٤"),
    ],
)
def test_what_is_no_network_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="must be a network such as"):
        canonical(typed)


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("192.0.2.5/24", "192.0.2.0/24"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::ffff:192.0.2.5/120", "192.0.2.0/24"),
    ],
)
def test_an_address_with_the_size_of_a_network_could_mean_either(typed: str, network: str) -> None:
    with pytest.raises(ValueError, match=f"must be {network}, or .* for that address alone"):
        canonical(typed)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("192.0.2.0", True),
        ("192.0.2.255", True),
        ("192.0.3.0", False),
        ("192.0.1.255", False),
        ("::ffff:192.0.2.9", True),
        ("::ffff:c000:0209", True),
        ("::FFFF:192.0.3.9", False),
        # Neither the compatible form of long ago nor a translator's prefix is the address itself.
        ("::192.0.2.9", False),
        ("64:ff9b::192.0.2.9", False),
    ],
)
def test_an_address_in_the_clothes_of_ipv6_is_the_address(address: str, inside: bool) -> None:
    assert admits(("192.0.2.0/24",), address) is inside
    # As lists were stored before networks were written one way.
    assert admits(("::ffff:192.0.2.0/120",), address) is inside


def test_everything_of_one_family_is_nothing_of_the_other() -> None:
    assert admits(("0.0.0.0/0",), "198.51.100.1")
    assert not admits(("0.0.0.0/0",), "2001:db8::1")
    assert admits(("::/0",), "2001:db8::1")
    assert not admits(("::/0",), "198.51.100.1")
    assert not admits(("::/0",), "::ffff:198.51.100.1")


_FOUR = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32))


@given(network=_FOUR, address=st.integers(0, 2**32 - 1), clothed=st.booleans())
def test_an_address_is_inside_when_its_first_bits_are_the_networks(
    network: tuple[int, int], address: int, clothed: bool
) -> None:
    base, bits = network
    mask = (2**32 - 1) ^ (2 ** (32 - bits) - 1)
    written = canonical(f"{ipaddress.IPv4Address(base & mask)}/{bits}")
    plain = ipaddress.IPv4Address(address)
    shown = f"::ffff:{plain}" if clothed else str(plain)
    assert admits((written,), shown) is (address & mask == base & mask)
