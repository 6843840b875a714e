"""The rows of the table as pynamodb has them; read as members of :mod:`gatehouse.store.table`."""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model


class Row(Model):
    """What every item has."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    ttl = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    version = NumberAttribute(null=True)
    created_at = UnicodeAttribute(null=True)


class AccountRow(Row):
    account_id = UnicodeAttribute()
    subdomain = UnicodeAttribute()
    name = UnicodeAttribute()
    region = UnicodeAttribute()
    invitation_expires_in_days = NumberAttribute()
    mapped_actions = JSONAttribute(null=True)
    mapped_resource_types = JSONAttribute(null=True)
    require_mfa = BooleanAttribute(null=True)
    ip_allow_list = JSONAttribute(null=True)
    colour = UnicodeAttribute(null=True)
    logo_id = UnicodeAttribute(null=True)
    denied_resource_types = JSONAttribute(null=True)
    publishes_all_entries = BooleanAttribute(null=True)


class AdministratorsRow(Row):
    user_ids = UnicodeSetAttribute(null=True)


class TallyRow(Row):
    organizations = NumberAttribute(null=True)
    removals = NumberAttribute(null=True)
    namings = NumberAttribute(null=True)


class SeatsRow(Row):
    """Counts by role, under the roles' own names; ``writes`` counts what ever changed them."""

    plan = UnicodeAttribute(null=True)
    seat_limit = NumberAttribute(null=True)
    writes = NumberAttribute(null=True)
    in_use = NumberAttribute(null=True)
    administrator = NumberAttribute(null=True)
    manager = NumberAttribute(null=True)
    editor = NumberAttribute(null=True)
    creator = NumberAttribute(null=True)
    read_only = NumberAttribute(null=True)


class LogoRow(Row):
    content = BinaryAttribute(legacy_encoding=False)


class BillingRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    postal_address = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute()


class ClaimRow(Row):
    owner_id = UnicodeAttribute()


class UserRow(Row):
    account_id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute(default=False)
    identity = UnicodeAttribute(null=True)
    session_epoch = NumberAttribute(null=True)
    added_by = UnicodeAttribute(null=True)
    invitation_id = UnicodeAttribute(null=True)


class GroupRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute()


class OrganizationRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    parent_id = UnicodeAttribute(null=True)
    groups = UnicodeSetAttribute(null=True)
    grants = UnicodeSetAttribute(null=True)


class GrantRow(Row):
    account_id = UnicodeAttribute()
    organization_ids = UnicodeSetAttribute(null=True)
    state = UnicodeAttribute()


class RemovedRow(Row):
    """What a deleted group or organization leaves to tidy, and its name for the history."""

    name = UnicodeAttribute()
    groups = UnicodeSetAttribute(null=True)
    grants = UnicodeSetAttribute(null=True)
    untold = UnicodeSetAttribute(null=True)


class ConnectionRow(Row):
    host_account_id = UnicodeAttribute()
    host_subdomain = UnicodeAttribute()
    host_name = UnicodeAttribute()
    guest_account_id = UnicodeAttribute()
    guest_subdomain = UnicodeAttribute()
    guest_name = UnicodeAttribute()
    state = UnicodeAttribute()
    maximum_role = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute()
    message = UnicodeAttribute(null=True)
    invited_by_id = UnicodeAttribute()
    invited_by_name = UnicodeAttribute()
    accepted_by_id = UnicodeAttribute(null=True)
    accepted_by_name = UnicodeAttribute(null=True)
    ended_by_id = UnicodeAttribute(null=True)
    ended_by_name = UnicodeAttribute(null=True)
    accepted_at = UnicodeAttribute(null=True)
    expires_at = UnicodeAttribute()
    lifetime_days = NumberAttribute()
    mailing_id = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    resent_at = JSONAttribute(null=True)
    rules = NumberAttribute(null=True)


class IncomingRow(Row):
    host_account_id = UnicodeAttribute()


class PairRow(Row):
    host_account_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    state = UnicodeAttribute()
    maximum_role = UnicodeAttribute()
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute()
    expires_at = UnicodeAttribute()
    accepted_at = UnicodeAttribute(null=True)
    invited_at = JSONAttribute(null=True)
    rules = NumberAttribute(null=True)


class RuleRow(Row):
    host_account_id = UnicodeAttribute()
    connection_id = UnicodeAttribute()
    denied = BooleanAttribute()
    maximum_role = UnicodeAttribute(null=True)
    group_ids = UnicodeSetAttribute(null=True)
    grant_id = UnicodeAttribute(null=True)
    all_organizations = BooleanAttribute()


class BlockedRow(Row):
    account_id = UnicodeAttribute()
    host_subdomain = UnicodeAttribute()
    host_name = UnicodeAttribute()
    blocked_by_id = UnicodeAttribute()
    blocked_by_name = UnicodeAttribute()


class MailingRow(Row):
    account_id = UnicodeAttribute()
    about_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    actor_name = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    facts = JSONAttribute(null=True)
    expires_at = UnicodeAttribute(null=True)
    # By user id, each a map of its own, so that one recipient changes without the others.
    recipients: MapAttribute[str, Any] = MapAttribute(null=True)  # type: ignore[no-untyped-call]  # pynamodb's own


class LinkRow(Row):
    account_id = UnicodeAttribute()
    about_id = UnicodeAttribute()
    mailing_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class ActivityRow(Row):
    log_by_user = UnicodeAttribute(null=True)
    log_by_connection = UnicodeAttribute(null=True)
    log_by_organization = UnicodeAttribute(null=True)
    log_by_guest = UnicodeAttribute(null=True)
    account_id = UnicodeAttribute()
    activity_id = UnicodeAttribute()
    time = UnicodeAttribute()
    category = UnicodeAttribute()
    action = UnicodeAttribute()
    outcome = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    actor_type = UnicodeAttribute()
    actor_name = UnicodeAttribute(null=True)
    actor_user_id = UnicodeAttribute(null=True)
    actor_api_key_id = UnicodeAttribute(null=True)
    actor_api_key_secret = UnicodeAttribute(null=True)
    actor_home_account_id = UnicodeAttribute(null=True)
    actor_own_role = UnicodeAttribute(null=True)
    actor_effective_role = UnicodeAttribute(null=True)
    connection_id = UnicodeAttribute(null=True)
    guest_account_id = UnicodeAttribute(null=True)
    organization_id = UnicodeAttribute(null=True)
    resource_type = UnicodeAttribute(null=True)
    resource_id = UnicodeAttribute(null=True)
    resource_name = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)
    changes = JSONAttribute(null=True)
    erased_at = UnicodeAttribute(null=True)
    erased_by = UnicodeAttribute(null=True)


class ArchivedRow(Row):
    account_id = UnicodeAttribute()
    border = UnicodeAttribute()
    entries = NumberAttribute()
    segments = NumberAttribute()


class SegmentRow(Row):
    account_id = UnicodeAttribute()
    month = UnicodeAttribute()
    last = UnicodeAttribute()
    entries = NumberAttribute()
    name = UnicodeAttribute()
    sections = JSONAttribute()
    filters = JSONAttribute()
    others = JSONAttribute()


class ApiKeyRow(Row):
    account_id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = UnicodeSetAttribute(null=True)
    secret_hash = UnicodeAttribute()
    secret_number = NumberAttribute(null=True)
    secret_since = UnicodeAttribute(null=True)
    older_hash = UnicodeAttribute(null=True)
    older_since = UnicodeAttribute(null=True)
    older_ends_at = UnicodeAttribute(null=True)


class ApiKeyUseRow(Row):
    """When each secret was last used stands here too: ``table.used_attribute``."""

    noticed_at = UnicodeAttribute(null=True)


class ReceiptRow(Row):
    fingerprint = UnicodeAttribute()
    status = NumberAttribute()
    body = UnicodeAttribute()
    expires_at = UnicodeAttribute()


class AttemptsRow(Row):
    attempts = NumberAttribute()


class DraftRow(Row):
    connection_id = UnicodeAttribute(null=True)
    for_user_id = UnicodeAttribute(null=True)
    for_name = UnicodeAttribute(null=True)
    guest_subdomain = UnicodeAttribute()
    guest_name = UnicodeAttribute()
    maximum_role = UnicodeAttribute(null=True)
    group_ids = UnicodeSetAttribute(null=True)
    organization_ids = UnicodeSetAttribute(null=True)
    all_organizations = BooleanAttribute()
    message = UnicodeAttribute(null=True)
    is_sent = BooleanAttribute(null=True)
    expires_at = UnicodeAttribute()


class JobRow(Row):
    account_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    state = UnicodeAttribute()
    started_by = UnicodeAttribute()
    options = JSONAttribute()
    position = JSONAttribute()
    counts = JSONAttribute()
    notes = NumberAttribute()
    problem = UnicodeAttribute(null=True)
    lease_until = UnicodeAttribute(null=True)
    attempts = NumberAttribute()
    finished_at = UnicodeAttribute(null=True)


class JobNotesRow(Row):
    entries = UnicodeAttribute()


class SessionRow(Row):
    session_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    last_seen_at = UnicodeAttribute()
    epoch = NumberAttribute()
    amr = UnicodeSetAttribute(null=True)
    acr = UnicodeAttribute(null=True)
    auth_time = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    user_agent = UnicodeAttribute(null=True)


class UserSessionRow(Row):
    """Where a user's session stands, to find it without its cookie."""

    session_hash = UnicodeAttribute()
