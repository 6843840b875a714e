"""Cookies that only this host gets back, over https, and no script sees (RFC 6265)."""

from datetime import timedelta


def cookie(name: str, value: str, lifetime: timedelta) -> str:
    """Return what sets a cookie; its name starts with ``__Host-``."""
    age = int(lifetime.total_seconds())
    return f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; Secure; SameSite=Lax"


def gone(name: str) -> str:
    """Return what takes a cookie away."""
    return f"{name}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"
