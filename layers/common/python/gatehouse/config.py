"""Settings, read from the environment in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment sets. ``signing_key`` signs cursors and sign-in attempts.

    ``oidc_demands_mfa`` and ``oidc_mfa_acr_values`` are what is known of the issuer beside its
    tokens (:class:`gatehouse.http.factors.Assurance`).
    """

    table_name: str
    region: str
    public_base_url: str
    mail_from: str
    oidc_issuer: str
    oidc_client_id: str
    signing_key: str
    files_bucket: str = ""
    archive_bucket: str = ""
    event_bus: str = ""
    transfer_queue_url: str = ""
    oidc_client_secret: str | None = None
    oidc_demands_mfa: bool = False
    oidc_mfa_acr_values: frozenset[str] = frozenset()
    ses_configuration_set: str | None = None
    organization_ids_limit: int = 1_000
    group_ids_limit: int = 200
    grants_per_organization_limit: int = 1_000
    rules_per_connection_limit: int = 200
    invite_attempts_per_hour: int = 100
    invitations_per_pair_and_week: int = 5
    imports_per_hour: int = 60
    archive_after_months: int = 13
    log_exports_per_hour: int = 60
    entries_per_download: int = 10_000

    def __repr__(self) -> str:
        return f"Settings({self.table_name}, {self.public_base_url}, …)"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a missing one raises KeyError with its name."""

        def number(name: str, usual: int) -> int:
            return int(environment.get(name, usual))

        return cls(
            table_name=environment["TABLE_NAME"],
            region=environment["AWS_REGION"],
            public_base_url=environment["PUBLIC_BASE_URL"].rstrip("/"),
            mail_from=environment["MAIL_FROM"],
            oidc_issuer=environment["OIDC_ISSUER"],
            oidc_client_id=environment["OIDC_CLIENT_ID"],
            signing_key=environment["SIGNING_KEY"],
            files_bucket=environment["FILES_BUCKET"],
            archive_bucket=environment["ARCHIVE_BUCKET"],
            event_bus=environment["EVENT_BUS"],
            transfer_queue_url=environment["TRANSFER_QUEUE_URL"],
            oidc_client_secret=environment.get("OIDC_CLIENT_SECRET") or None,
            oidc_demands_mfa=environment.get("OIDC_DEMANDS_MFA") == "true",
            oidc_mfa_acr_values=frozenset(environment.get("OIDC_MFA_ACR_VALUES", "").split()),
            ses_configuration_set=environment.get("SES_CONFIGURATION_SET") or None,
            organization_ids_limit=number("LIMIT_ORGANIZATION_IDS", 1_000),
            group_ids_limit=number("LIMIT_GROUP_IDS", 200),
            grants_per_organization_limit=number("LIMIT_GRANTS_PER_ORGANIZATION", 1_000),
            rules_per_connection_limit=number("LIMIT_RULES_PER_CONNECTION", 200),
            invite_attempts_per_hour=number("LIMIT_INVITE_ATTEMPTS_PER_HOUR", 100),
            invitations_per_pair_and_week=number("LIMIT_INVITATIONS_PER_PAIR_AND_WEEK", 5),
            imports_per_hour=number("LIMIT_IMPORTS_PER_HOUR", 60),
            archive_after_months=number("ARCHIVE_AFTER_MONTHS", 13),
            log_exports_per_hour=number("LIMIT_LOG_EXPORTS_PER_HOUR", 60),
            entries_per_download=number("LIMIT_ENTRIES_PER_DOWNLOAD", 10_000),
        )
