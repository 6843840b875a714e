"""What comes back, as JSON Schema: the views of gatehouse/http/views.py and http/authzen.py.

Every field is always there. A caller must expect more fields and, where a description says so,
more words; the tests hold the product to exactly these.
"""

from typing import Any, Final

from gatehouse.domain.account import Region
from gatehouse.domain.activity import Category, Outcome
from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.connection import EndReason, State
from gatehouse.domain.decision import Reason
from gatehouse.domain.mailing import Delivery
from gatehouse.domain.roles import ACTIONS, MAXIMUM_ROLES, Role
from gatehouse.domain.seats import SEATED
from gatehouse.domain.user import Status
from gatehouse.usecases.invite_user import InvitationState
from gatehouse.usecases.user_link import LinkState
from scripts.openapi.operation import Json, ref

TEXT: Final[Json] = {"type": "string"}
TRUTH: Final[Json] = {"type": "boolean"}
NUMBER: Final[Json] = {"type": "integer", "minimum": 0}
MOMENT: Final[Json] = {
    "type": "string",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
    "examples": ["2026-11-21T22:43:01.123Z"],
}
ETAG: Final[Json] = TEXT | {"description": "The version, for If-Match."}


def record(description: str = "", /, **properties: Json) -> Json:
    """Describe an object whose fields are always there."""
    schema: Json = {"type": "object", "required": list(properties), "properties": properties}
    return {"description": description, **schema} if description else schema


def listing(item: Json) -> Json:
    """Describe a list."""
    return {"type": "array", "items": item}


def some(*words: Any) -> Json:
    """Describe one of some words."""
    return {"type": "string", "enum": [str(word) for word in words]}


def maybe(schema: Json) -> Json:
    """Describe a value that may be null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    known = [*schema["enum"], None] if "enum" in schema else None
    return {**schema, "type": [schema["type"], "null"]} | ({"enum": known} if known else {})


def page(item: Json, **more: Json) -> Json:
    """Describe one page of a list."""
    cursor = maybe(TEXT) | {"description": "The cursor of the next page; null at the end."}
    return record(**more, items=listing(item), next_cursor=cursor)


def identifier(kind: str, description: str = "") -> Json:
    """Describe one of our ids."""
    found = TEXT | {"pattern": f"^{kind}_[a-z0-9_]+$"}
    return found | ({"description": description} if description else {})


ACCOUNT, USER, GROUP = identifier("acc"), identifier("usr"), identifier("grp")
ORGANIZATION, CONNECTION, KEY = identifier("org"), identifier("con"), identifier("key")
ROLE = ref("Role")
MAY_GROW: Final = "The list may grow."

DAY: Final[Json] = {"type": "string", "format": "date"}
_TALLY = record(allowed=NUMBER, denied=NUMBER)
_PERSON = record(user_id=USER, name=TEXT)
_NAMED = record(organization_id=ORGANIZATION, name=TEXT)
_OFFER: Final[Json] = {
    "state": some(*State, "replaced"),
    "host_account": record(subdomain=TEXT, name=TEXT),
    "guest_account": record(subdomain=TEXT, name=TEXT),
    "invited_by": record(name=TEXT),
    "message": maybe(TEXT),
    "maximum_role": ref("MaximumRole"),
    "organization_count": NUMBER,
    "all_organizations": TRUTH,
    "expires_at": MOMENT,
}
_RULED: Final[Json] = {
    "const": True,
    "description": "There if the host has a rule for this person alone.",
}
_ENTERING: Final = record(user_id=USER, name=TEXT, own_role=ROLE, effective_role=ROLE)
_ENTERING["properties"] = {**_ENTERING["properties"], "rule": _RULED}
_DENIED: Final[Json] = listing(record(user_id=USER, name=TEXT, own_role=ROLE)) | {
    "description": "There if a rule of the host denies somebody: whom."
}
_PREVIEW: Final[Json] = {
    "roles": listing(record(own_role=ROLE, effective_role=ROLE)),
    "people": maybe(listing(_ENTERING)),
    "organizations": listing(_NAMED),
    "organization_count": NUMBER,
    "all_organizations": TRUTH,
    "next_cursor": maybe(TEXT),
}
_TERMS: Final[Json] = {
    "maximum_role": ref("MaximumRole"),
    "group_ids": listing(GROUP),
    "organization_ids": listing(ORGANIZATION),
    "all_organizations": TRUTH,
}
_USER: Final[Json] = {
    "user_id": USER,
    "email": TEXT,
    "name": TEXT,
    "role": ROLE,
    "status": some(*Status),
}
_ORGANIZATION: Final[Json] = {
    "organization_id": ORGANIZATION,
    "name": TEXT,
    "parent_id": maybe(ORGANIZATION),
    "created_at": MOMENT,
    "etag": ETAG,
}
_KEY: Final[Json] = {
    "api_key_id": KEY,
    "name": TEXT,
    "scopes": listing(ref("ApiScope")),
    "last_used_at": maybe(MOMENT) | {"description": "To the hour; null while it was never used."},
    "last_used_secret": maybe(NUMBER) | {"description": "The number of the secret used last."},
    "revoked_if_unused_at": MOMENT
    | {"description": "When it is revoked unless it is used or rotated before."},
    "secrets": listing(
        record(
            "One that works now, by its number; never the secret itself.",
            number=NUMBER,
            created_at=MOMENT,
            ends_at=maybe(MOMENT) | {"description": "Null: it works as long as the key."},
            last_used_at=maybe(MOMENT),
        )
    ),
    "created_at": MOMENT,
    "etag": ETAG,
}
_HINT: Final = record(
    "The smallest change that would allow it.",
    changes=listing(record(change=TEXT) | {"additionalProperties": True}),
    text=TEXT,
)
_DECIDED: Final[Json] = {
    "reason": ref("Reason"),
    "own_role": maybe(ROLE),
    "maximum_role": maybe(ROLE)
    | {"description": "The lower of the connection's and of a rule's for this person."},
    "effective_role": maybe(ROLE),
    "capped": TRUTH,
    "via": maybe(TEXT) | {"description": "`all`, else `direct`, else `group:` and the lowest id."},
    "connection_id": maybe(CONNECTION),
    "activity_id": maybe(TEXT) | {"description": "Its entry in the log; null if not recorded."},
}
_CONTEXT = record("Why.", **_DECIDED)
_CONTEXT["properties"] = {
    **_CONTEXT["properties"],
    "rule": _RULED,
    "hint": {"anyOf": [_HINT, {"type": "null"}]},
}

SCHEMAS: Final[dict[str, Json]] = {
    "Role": some(*Role) | {"description": "What a user may do, highest first."},
    "MaximumRole": some(*MAXIMUM_ROLES) | {"description": "What may cap a connection."},
    "ApiScope": some(*ApiScope) | {"description": f"What a key may be used for. {MAY_GROW}"},
    "Reason": some(*Reason) | {"description": f"The first that applies, in this order. {MAY_GROW}"},
    "AccountName": record(account_id=ACCOUNT, subdomain=TEXT, name=TEXT),
    "Connection": record(
        connection_id=CONNECTION,
        state=some(*State),
        etag=ETAG,
        host_account=ref("AccountName"),
        guest_account=ref("AccountName"),
        **_TERMS,
        invitation=record(
            expires_at=MOMENT,
            message=maybe(TEXT),
            recipients=listing(
                record(
                    email=TEXT | {"description": "Masked, as in `a•••@continuum.test`."},
                    delivery=some(*Delivery) | {"description": MAY_GROW},
                )
            ),
        ),
        invited_by=_PERSON,
        accepted_by={"anyOf": [_PERSON, {"type": "null"}]},
        created_at=MOMENT,
        accepted_at=maybe(MOMENT),
        ended_at=maybe(MOMENT),
        end_reason=maybe(some(*EndReason)) | {"description": MAY_GROW},
    ),
    "ConnectionPage": page(ref("Connection")),
    "BlockedHost": record(host_account=ref("AccountName"), blocked_by=_PERSON, blocked_at=MOMENT),
    "BlockedHostPage": page(ref("BlockedHost")),
    "Grant": page(
        record(organization_id=ORGANIZATION, name=TEXT, via=listing(TEXT)), **_TERMS, etag=ETAG
    ),
    "Rule": record(
        "What the host has set for one person of the guest, in the place of the grant.",
        connection_id=CONNECTION,
        user_id=USER,
        name=maybe(TEXT) | {"description": "Null of somebody whom the guest has deleted."},
        own_role=maybe(ROLE),
        effective_role=maybe(ROLE) | {"description": "Null of who does not get in."},
        denied=TRUTH,
        **{**_TERMS, "maximum_role": maybe(ref("MaximumRole"))},
        created_at=MOMENT,
        etag=ETAG,
    ),
    "RulePage": page(ref("Rule")),
    "Offer": record("What anybody with the link may read.", **_OFFER),
    "OfferToDecide": record(
        "What an Administrator of the guest reads besides.", **{**_OFFER, "etag": ETAG, **_PREVIEW}
    ),
    "Preview": record("Who would (or does) get in, as what, and how far.", **_PREVIEW),
    "User": record(
        **_USER,
        group_ids=listing(GROUP),
        organization_ids=listing(ORGANIZATION),
        all_organizations=TRUTH,
        created_at=MOMENT,
        etag=ETAG,
    ),
    "UserInvitation": record(
        state=some(*InvitationState) | {"description": MAY_GROW},
        delivery=maybe(some(*Delivery)) | {"description": "Of the newest mail; null without one."},
        sent_at=maybe(MOMENT),
        expires_at=maybe(MOMENT) | {"description": "Until when its link works."},
    ),
    "SessionPage": page(
        record(
            session_id=identifier("ses", "Names the session; opens nothing."),
            current=TRUTH | {"description": "Whether it is the one that asks."},
            created_at=MOMENT,
            last_seen_at=MOMENT | {"description": "To the hour."},
            expires_at=MOMENT,
            ip_address=maybe(TEXT) | {"description": "Of the sign-in."},
            user_agent=maybe(TEXT),
            amr=listing(TEXT),
            acr=maybe(TEXT),
        )
    ),
    "UserLink": record(
        "What anybody with the link may read.",
        state=some(*LinkState) | {"description": MAY_GROW},
        account=record(subdomain=TEXT, name=TEXT),
        expires_at=maybe(MOMENT),
    ),
    "UserPage": page(ref("User")),
    "MemberPage": page(record(**_USER)),
    "Group": record(group_id=GROUP, name=TEXT, description=TEXT, created_at=MOMENT, etag=ETAG),
    "GroupPage": page(ref("Group")),
    "Organization": record(**_ORGANIZATION),
    "OrganizationPage": page(ref("Organization")),
    "ReachedOrganizationPage": page(record(**_ORGANIZATION, actions=listing(some(*ACTIONS)))),
    "Affected": record(
        "What deleting something would change.",
        people=NUMBER,
        organizations=NUMBER,
        connections=maybe(
            listing(
                record(
                    connection_id=CONNECTION,
                    guest_account=ref("AccountName"),
                    state=some(*State),
                    maximum_role=ROLE,
                    organizations=NUMBER,
                    people_with_rules=NUMBER,
                    nothing_left=TRUTH,
                )
            )
        ),
        denied_resource_types=listing(TEXT),
        whole=TRUTH,
    ),
    "ApiKey": record(**_KEY),
    "NewApiKey": record("The only answer that has the key itself.", **_KEY, secret=maybe(TEXT)),
    "ApiKeyPage": page(ref("ApiKey")),
    "Account": record(
        account_id=ACCOUNT,
        subdomain=TEXT,
        name=TEXT,
        region=some(*Region),
        invitation_expires_in_days=NUMBER,
        mapped_actions={"type": "object", "additionalProperties": ROLE},
        mapped_resource_types={"type": "object", "additionalProperties": TEXT},
        require_mfa=TRUTH
        | {
            "description": "Of the account's own people on every route, and of guests in decisions."
        },
        ip_allow_list=listing(TEXT)
        | {
            "description": "Networks, each written one way. Asked of the account's own people and "
            "API keys on every route, and of guests in decisions. Empty: from anywhere."
        },
        colour=maybe(TEXT) | {"description": "Such as `#0b5cad`. Null: that of Gatehouse."},
        logo_url=maybe(TEXT) | {"description": "Where the logo is served from, if there is one."},
        denied_resource_types={"type": "object", "additionalProperties": listing(GROUP)},
        publish_entries=TRUTH
        | {"description": "Whether the event bus hears of every entry, not only of connections."},
        created_at=MOMENT,
        etag=ETAG,
    ),
    "Plan": record(
        "What the account has agreed with whoever runs Gatehouse. A seat is taken by every active "
        "user of role Read-only or higher; Lite and deactivated users take none, nor does anybody "
        "of a connected account.",
        plan=maybe(TEXT),
        seats=record(
            limit=maybe(NUMBER) | {"description": "Null: as many as one likes."},
            in_use=NUMBER,
            free=maybe(NUMBER) | {"description": "0 too if more are in use than the limit."},
            by_role=record(**{role.value: NUMBER for role in SEATED}),
        ),
    ),
    "BillingContact": record(
        "Whom to write to about payment; all null while nobody is named.",
        name=maybe(TEXT),
        email=maybe(TEXT),
        postal_address=maybe(TEXT),
        reference=maybe(TEXT) | {"description": "An order or VAT number for invoices."},
        changed_at=maybe(MOMENT),
        etag=ETAG,
    ),
    "Export": record(
        "Everything an account has, or entries of its log, as one file in the making or made.",
        export_id=identifier("exp"),
        contents=some("everything", "activities"),
        format=some("zip", "csv", "jsonl"),
        filters={
            "type": ["object", "null"],
            "additionalProperties": TEXT,
            "description": "What exported entries match, as `GET /activities` names it, with "
            "`from` and `to`; null for everything.",
        },
        state=some("waiting", "running", "done", "failed", "expired")
        | {"description": f"`expired` once the file is deleted. {MAY_GROW}"},
        requested_by=_PERSON,
        created_at=MOMENT | {"description": "The activity log goes to this moment."},
        finished_at=maybe(MOMENT),
        progress=record(
            "How many parts of the work are done, and how much was read of each kind; of entries "
            "alone, hundredths of the time that is looked through.",
            done=NUMBER,
            of=NUMBER,
            rows={"type": "object", "additionalProperties": NUMBER},
        ),
        size=maybe(NUMBER) | {"description": "Bytes of the file."},
        problem=maybe(TEXT) | {"description": "Why it failed."},
        expires_at=maybe(MOMENT) | {"description": "When the file is deleted."},
        download_url=maybe(TEXT)
        | {
            "description": "Where the file is, for whoever has this address and for "
            "minutes only. Each one that is issued is on the record; lists have none."
        },
        download_url_expires_at=maybe(MOMENT),
    ),
    "ExportPage": page(ref("Export")),
    "Activity": record(
        "One entry of a log. Entries are written once; only an erasure takes something out.",
        activity_id=TEXT,
        time=MOMENT,
        category=some(*Category),
        action=TEXT,
        outcome=some(*Outcome),
        reason=maybe(TEXT),
        actor=record(
            type=some("user", "key", "system"),
            user_id=maybe(TEXT),
            api_key_id=maybe(KEY),
            api_key_secret=maybe(NUMBER)
            | {"description": "By which of the key's secrets, counted from 1."},
            name=maybe(TEXT) | {"description": "Null if it was erased."},
            home_account_id=maybe(ACCOUNT),
            own_role=maybe(ROLE),
            effective_role=maybe(ROLE),
        ),
        connection_id=maybe(CONNECTION),
        guest_account_id=maybe(ACCOUNT),
        organization_id=maybe(ORGANIZATION),
        resource={"anyOf": [record(type=TEXT, id=maybe(TEXT), name=maybe(TEXT)), {"type": "null"}]},
        ip_address=maybe(TEXT),
        user_agent=maybe(TEXT),
        changes={
            "type": "object",
            "description": "By field: before and after.",
            "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
        },
        erased={
            "description": "When somebody's name, address and text were last taken out, and by "
            "which erasure.",
            "anyOf": [record(at=MOMENT, erasure_id=identifier("era")), {"type": "null"}],
        },
    ),
    "Erasure": record(
        "A person who leaves the account's log, or has left it.",
        erasure_id=identifier("era"),
        user_id=TEXT,
        state=some("waiting", "running", "done", "failed") | {"description": MAY_GROW},
        requested_by=record(user_id=TEXT),
        created_at=MOMENT,
        finished_at=maybe(MOMENT),
        entries=NUMBER | {"description": "From how many something was erased so far."},
        problem=maybe(TEXT) | {"description": "Why it failed."},
    ),
    "ConnectionUsage": record(
        **{"from": DAY, "to": DAY},
        connection_id=CONNECTION,
        maximum_role=ref("MaximumRole"),
        needed_role=maybe(ROLE)
        | {"description": "The lowest maximum role under which all of it had been allowed too."},
        lower_maximum_to=maybe(ROLE),
        decisions=_TALLY,
        activities=_TALLY,
        days=listing(record(day=DAY, decisions=_TALLY, activities=_TALLY)),
        actions=listing(
            record(
                category=some("decision", "activity"),
                action=TEXT | {"description": "`other`: one that nobody has mapped."},
                allowed=NUMBER,
                denied=NUMBER,
            )
        ),
        denials=listing(record(reason=TEXT, count=NUMBER)),
    ),
    "ActivityPage": page(
        ref("Activity"),
        scanned_to=MOMENT
        | {
            "description": "Down to this moment all entries were looked at: at most 2,000 a "
            "page, so one may be short, or empty, while there is a cursor."
        },
    ),
    "Reported": record(
        items=listing(
            record(
                activity_id=maybe(TEXT),
                status=some("recorded", "duplicate", "refused"),
                reason=maybe(TEXT),
            )
        )
    ),
    "Me": record(
        user=record(**_USER),
        account=ref("AccountName"),
        accessible_accounts=listing(
            record(
                account_id=ACCOUNT,
                subdomain=TEXT,
                name=TEXT,
                relation=some("home", "host"),
                effective_role=ROLE,
                connection_id=maybe(CONNECTION),
            )
        ),
    ),
    "Decision": record(decision=TRUTH, context=_CONTEXT),
    "Decisions": record(
        evaluations=listing(
            {
                "anyOf": [
                    ref("Decision"),
                    record(
                        "What could not be answered is a denial with its error.",
                        decision={"type": "boolean", "enum": [False]},
                        context=record(error=record(status=NUMBER, message=TEXT)),
                    ),
                ]
            }
        )
    ),
    "AuthzenConfiguration": record(
        policy_decision_point=TEXT,
        access_evaluation_endpoint=TEXT,
        access_evaluations_endpoint=TEXT,
        search_subject_endpoint=TEXT,
        search_resource_endpoint=TEXT,
        search_action_endpoint=TEXT,
    ),
    "Found": record(
        page=record(next_token=TEXT | {"description": "Empty at the end."}, count=NUMBER),
        results=listing(record(type=TEXT, id=TEXT)),
    ),
    "FoundActions": record(
        page=record(next_token=TEXT | {"description": "Empty at the end."}, count=NUMBER),
        results=listing(record(name=TEXT)),
    ),
    "FoundUser": record(user_id=USER),
}
for _name in ("Preview", "OfferToDecide"):
    SCHEMAS[_name]["properties"] = {**SCHEMAS[_name]["properties"], "denied_people": _DENIED}
