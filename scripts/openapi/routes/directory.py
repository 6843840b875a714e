"""The account area: the account itself, users, groups, organizations and API keys."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from scripts.openapi.operation import PAGED, Json, Operation, Reply, Who, json_reply, ref

WRITER: Final = Who(person=True, scopes=("directory:write",))
READER: Final = Who(person=True, scopes=("directory:read",))
PEOPLE: Final = Who(person=True)
_DONE: Final = Reply("Done.", headers=("Replayed",))


class Kind(NamedTuple):
    """A collection with the usual five routes."""

    path: str
    id_name: str
    tag: str
    one: str
    many: str
    schema: str
    made: str
    writer: Who
    reader: Who
    remover: Who
    problems: dict[str, tuple[str, ...]]

    def operations(self) -> Iterator[Operation]:
        """Describe the five routes."""
        name = self.schema
        one, item = f"{self.path}/{{{self.id_name}}}", f"{self.one}"
        yield Operation(
            f"GET {self.path}",
            f"list{name}s",
            self.tag,
            f"List {self.many}",
            self.reader,
            {200: json_reply(ref(f"{name}Page"), "A page of them, oldest first.")},
            query=PAGED,
        )
        yield Operation(
            f"POST {self.path}",
            f"create{name}",
            self.tag,
            f"Create {item}",
            self.writer,
            {201: json_reply(ref(self.made), "What was created.", "Replayed")},
            body=_json(f"New{name.removeprefix('Api')}"),
            idempotent=True,
            problems=self.problems["create"],
        )
        yield Operation(
            f"GET {one}",
            f"show{name}",
            self.tag,
            f"Show {item}",
            self.reader,
            {200: json_reply(ref(name), "As it is.", "ETag")},
            problems=("not-found",),
        )
        yield Operation(
            f"PATCH {one}",
            f"change{name}",
            self.tag,
            f"Change {item}",
            self.writer,
            {200: json_reply(ref(name), "As it is now.", "Replayed")},
            description="What is left out stays as it is.",
            body=_json(f"{name.removeprefix('Api')}Change"),
            idempotent=True,
            if_match="optional",
            problems=("not-found", *self.problems["change"]),
        )
        yield Operation(
            f"DELETE {one}",
            f"delete{name}",
            self.tag,
            f"Delete {item}",
            self.remover,
            {204: _DONE},
            idempotent=True,
            if_match="optional",
            problems=("not-found", *self.problems["delete"]),
        )


def _json(schema: str) -> dict[str, Json]:
    return {"application/json": ref(schema)}


_KINDS: Final = (
    Kind(
        "/users",
        "user_id",
        "Users",
        "a user",
        "the account's users",
        "User",
        "User",
        WRITER,
        READER,
        PEOPLE,
        {
            "create": ("refused", "email-taken", "seats-taken", "too-many-requests"),
            "change": (
                *("refused", "email-taken", "last-administrator"),
                *("seats-taken", "too-many-requests"),
            ),
            "delete": ("last-administrator",),
        },
    ),
    Kind(
        "/groups",
        "group_id",
        "Groups",
        "a group",
        "the groups that the caller sees",
        "Group",
        "Group",
        WRITER,
        READER,
        PEOPLE,
        {"create": ("refused",), "change": ("refused",), "delete": ("refused",)},
    ),
    Kind(
        "/organizations",
        "organization_id",
        "Organizations",
        "an organization",
        "the organizations that the caller reaches",
        "Organization",
        "Organization",
        WRITER,
        READER,
        WRITER,
        {"create": ("refused",), "change": ("refused",), "delete": ("refused",)},
    ),
    Kind(
        "/api-keys",
        "api_key_id",
        "API keys",
        "an API key",
        "the account's API keys, never their secrets",
        "ApiKey",
        "NewApiKey",
        PEOPLE,
        PEOPLE,
        PEOPLE,
        {"create": ("refused",), "change": (), "delete": ()},
    ),
)


def _listed(path: str, name: str, tag: str, summary: str, schema: str) -> Operation:
    return Operation(
        f"GET {path}",
        name,
        tag,
        summary,
        READER,
        {200: json_reply(ref(schema), "A page of them.")},
        query=PAGED,
        problems=("not-found",),
    )


def _put_and_delete(path: str, thing: str, tag: str, *problems: str) -> Iterator[Operation]:
    for method, verb, word in (("PUT", "add", "Add"), ("DELETE", "remove", "Remove")):
        where = "to" if verb == "add" else "from"
        article = "an" if thing == "organization" else "a"
        yield Operation(
            f"{method} {path}",
            f"{verb}Group{thing.capitalize()}",
            tag,
            f"{word} {article} {thing} {where} a group; doing it twice changes nothing",
            WRITER,
            {204: _DONE},
            body={"application/json": ref("NoFields")},
            body_required=False,
            idempotent=True,
            problems=("not-found", *problems),
        )


def _affected(thing: str, tag: str, says: str) -> Iterator[Operation]:
    article = "an" if thing == "organization" else "a"
    yield Operation(
        f"GET /{thing}s/{{{thing}_id}}/affected",
        f"showAffectedBy{thing.capitalize()}",
        tag,
        f"Show what deleting {article} {thing} would change, before it is done",
        READER,
        {200: json_reply(ref("Affected"), says)},
        description="`people` are the account's own who would lose at least one organization; "
        "`connections` are the pending and active ones that would, each with how many it would "
        "lose and whether nothing would be left. They are null to Managers, and to keys without "
        "`connections:read`. Holders of the group are denied `denied_resource_types` now, and "
        "would not be any more. The first 1,000 people and organizations are looked at; where "
        "there are more, `whole` is false.",
        problems=("not-found",),
    )


OPERATIONS: Final = (
    Operation(
        "GET /account",
        "showAccount",
        "Account",
        "Show the account",
        PEOPLE,
        {200: json_reply(ref("Account"), "The account.", "ETag")},
    ),
    Operation(
        "PATCH /account",
        "changeAccount",
        "Account",
        "Change the account's settings",
        PEOPLE,
        {200: json_reply(ref("Account"), "The account as it is now.", "Replayed")},
        description="What is left out stays as it is.",
        body=_json("AccountChange"),
        idempotent=True,
        if_match="optional",
        problems=("refused",),
    ),
    Operation(
        "PUT /account/logo",
        "setLogo",
        "Account",
        "Set the account's logo",
        PEOPLE,
        {200: json_reply(ref("Account"), "The account as it is now.", "Replayed")},
        description="A still PNG of at most 100 KB and 512 pixels a side, without interlacing. "
        "Only the picture is kept of the file. `DELETE` does without one.",
        body={"image/png": {"type": "string", "format": "binary", "maxLength": 102_400}},
        idempotent=True,
        if_match="optional",
        problems=("refused",),
    ),
    Operation(
        "DELETE /account/logo",
        "deleteLogo",
        "Account",
        "Do without a logo",
        PEOPLE,
        {204: _DONE},
        idempotent=True,
        if_match="optional",
    ),
    Operation(
        "GET /account/plan",
        "showPlan",
        "Account",
        "Show the account's plan, and how many seats are in use by role",
        PEOPLE,
        {200: json_reply(ref("Plan"), "The plan.")},
    ),
    Operation(
        "GET /account/billing-contact",
        "showBillingContact",
        "Account",
        "Show whom to write to about payment",
        PEOPLE,
        {200: json_reply(ref("BillingContact"), "The contact.", "ETag")},
    ),
    Operation(
        "PUT /account/billing-contact",
        "changeBillingContact",
        "Account",
        "Name whom to write to about payment",
        PEOPLE,
        {200: json_reply(ref("BillingContact"), "The contact as it is now.", "Replayed")},
        description="What is left out is empty afterwards.",
        body=_json("BillingContactChange"),
        idempotent=True,
        if_match="optional",
        problems=("refused",),
    ),
    *(operation for kind in _KINDS for operation in kind.operations()),
    *_affected("group", "Groups", "Who would lose what they reach through it and no other way."),
    *_affected("organization", "Organizations", "Who would no longer reach it."),
    Operation(
        "POST /api-keys/{api_key_id}/rotate",
        "rotateApiKey",
        "API keys",
        "Give an API key a new secret, which this answer alone shows",
        PEOPLE,
        {200: json_reply(ref("NewApiKey"), "The key with both of its secrets.", "Replayed")},
        description="The secret so far works for the grace period, 24 hours unless the body says "
        "otherwise. A key has two secrets at most: while an older one still works this is refused "
        "(409 `illegal-state-step`), but for a grace period of 0, which ends all others at once.",
        body=_json("Rotation"),
        body_required=False,
        idempotent=True,
        if_match="optional",
        problems=("not-found", "illegal-state-step"),
    ),
    Operation(
        "DELETE /api-keys/{api_key_id}/older-secret",
        "endOlderSecret",
        "API keys",
        "End the older secret of a rotation now",
        PEOPLE,
        {204: _DONE},
        idempotent=True,
        if_match="optional",
        problems=("not-found", "illegal-state-step"),
    ),
    Operation(
        "GET /users/{user_id}/sessions",
        "listUserSessions",
        "Users",
        "List where a user is signed in, newest first",
        WRITER,
        {200: json_reply(ref("SessionPage"), "A page of them.")},
        query=PAGED,
        problems=("not-found",),
    ),
    Operation(
        "DELETE /users/{user_id}/sessions",
        "endUserSessions",
        "Users",
        "End all sessions of a user, at one instant",
        WRITER,
        {204: _DONE},
        idempotent=True,
        problems=("not-found", "contended"),
    ),
    Operation(
        "GET /users/{user_id}/invitation",
        "showUserInvitation",
        "Users",
        "Show how far a user is on the way to the first sign-in",
        READER,
        {200: json_reply(ref("UserInvitation"), "The newest mail to sign in, and its state.")},
        problems=("not-found",),
    ),
    Operation(
        "POST /users/{user_id}/invitation",
        "sendUserInvitation",
        "Users",
        "Mail a user a new link to sign in",
        WRITER,
        {200: json_reply(ref("UserInvitation"), "The mail that was sent.", "Replayed")},
        description="The link of the mail before answers that it was replaced, at once.",
        body={"application/json": ref("NoFields")},
        body_required=False,
        idempotent=True,
        problems=("not-found", "not-invitable", "too-many-requests"),
    ),
    _listed(
        "/groups/{group_id}/members",
        "listGroupMembers",
        "Groups",
        "List who has a group",
        "MemberPage",
    ),
    *_put_and_delete("/groups/{group_id}/members/{user_id}", "member", "Groups", "refused"),
    _listed(
        "/groups/{group_id}/organizations",
        "listGroupOrganizations",
        "Groups",
        "List the organizations that a group gives access to",
        "OrganizationPage",
    ),
    *_put_and_delete(
        "/groups/{group_id}/organizations/{organization_id}", "organization", "Groups", "refused"
    ),
)
