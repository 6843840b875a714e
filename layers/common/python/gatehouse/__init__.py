"""Gatehouse: cross-account access delegation, capped, scoped, logged and revocable."""
