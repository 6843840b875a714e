"""Limits, which a deployment may set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of something one request, account or hour may have."""

    organization_ids: int = 1_000
    group_ids: int = 200
    grants_per_organization: int = 1_000
    invite_attempts_per_hour: int = 100
    rules_per_connection: int = 200
    invitations_per_pair_and_week: int = 5
    imports_per_hour: int = 60
    archive_after_months: int = 13
    log_exports_per_hour: int = 60
    entries_per_download: int = 10_000
