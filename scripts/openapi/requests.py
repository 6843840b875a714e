"""What may be sent, as JSON Schema: the pydantic models of gatehouse/http/bodies.py, and AuthZEN."""

from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from gatehouse.domain.api_key import ApiScope
from gatehouse.domain.roles import Role
from gatehouse.domain.sheet import SheetKind
from gatehouse.http import account_bodies, authzen, bodies, fields, key_bodies, reports, rules, text
from gatehouse.usecases.asking import Semantic
from scripts.openapi.operation import Json, line, ref

BODIES: Final[dict[str, type[bodies.Body]]] = {
    "Invitation": bodies.InvitationBody,
    "OfferTerms": bodies.PreviewBody,
    "GrantChange": bodies.GrantBody,
    "RuleChange": rules.RuleBody,
    "Decline": bodies.DeclineBody,
    "NewUser": bodies.UserBody,
    "UserChange": bodies.UserChangeBody,
    "NewGroup": bodies.GroupBody,
    "GroupChange": bodies.GroupChangeBody,
    "NewOrganization": bodies.OrganizationBody,
    "OrganizationChange": bodies.OrganizationChangeBody,
    "NewKey": key_bodies.ApiKeyBody,
    "KeyChange": key_bodies.ApiKeyChangeBody,
    "Rotation": key_bodies.RotationBody,
    "AccountChange": bodies.AccountChangeBody,
    "BillingContactChange": account_bodies.BillingContactBody,
    "NewImport": bodies.ImportBody,
    "ActivityReport": reports.ActivityBody,
    "ActivityReports": reports.ActivitiesBody,
    "NewErasure": reports.ErasureBody,
}
_NAMES: Final = {model.__name__: name for name, model in BODIES.items()} | {
    Role.__name__: "Role",
    SheetKind.__name__: "SheetKind",
    ApiScope.__name__: "ApiScope",
}
_FIELDS: Final[dict[str, Any]] = {
    "Name": fields.Name,
    "Label": fields.Label,
    "Line": fields.Short,
    "UserAgent": fields.Agent,
    "Text": fields.Text,
    "GroupIds": fields.GroupIds,
    "OrganizationIds": fields.OrganizationIds,
}


def _kind(of: Any) -> Json:
    schema: Json = TypeAdapter(of).json_schema()
    return schema


_SHARED: Final = {name: _kind(of) for name, of in _FIELDS.items()}


def request_schemas() -> dict[str, Json]:
    """Return the schemas of all bodies by their names in the document."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in BODIES.values()],
        ref_template="#/components/schemas/{model}",
    )
    found = {
        _NAMES.get(name, name): _tidy(schema)
        for name, schema in definitions["$defs"].items()
        if name not in {Role.__name__, ApiScope.__name__}
    }
    return {**_SHARED, **found, **_AUTHZEN, **_PLAIN}


def _tidy(schema: Any) -> Any:
    """Leave titles out, and let what several bodies share stand in one place."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return {**schema, **ref(_NAMES.get(name, name))}
    kept = {
        name: {key: _tidy(value) for key, value in content.items()}
        if name == "properties"
        else _tidy(content)
        for name, content in schema.items()
        if name != "title" or not isinstance(content, str)
    }
    if "patternProperties" in kept:
        # A key of another shape is refused, which pydantic does and leaves unsaid.
        kept["additionalProperties"] = False
    beside = {name: kept[name] for name in ("default", "description") if name in kept}
    core = {name: content for name, content in kept.items() if name not in beside}
    for name, shared in _SHARED.items():
        if core == shared:
            return {**ref(name), **beside}
    return kept


_PLAIN: Final[dict[str, Json]] = {
    "NoFields": {"type": "object", "maxProperties": 0},
    "OneLine": {"type": "string", "pattern": text.ONE_LINE},
}
_LINE: Final = line(256)
_PROPERTIES: Final[Json] = {"type": "object"}


def _part(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


_EVALUATION: Final[Json] = {
    "subject": ref("Subject"),
    "action": ref("Action"),
    "resource": ref("Resource"),
    "context": ref("Context"),
}
_PAGE: Final = _part(
    token={"type": ["string", "null"], "description": "`next_token` of the page before."},
    limit={"type": "integer", "minimum": 1, "maximum": authzen.LARGEST_PAGE, "default": 50},
)
_SEARCHED: Final = _part("type", type=_LINE, properties=_PROPERTIES) | {
    "description": "What is searched for: its type; an id is ignored."
}
_OPTIONS: Final = _part(evaluations_semantic={"enum": [str(one) for one in Semantic]})
_AUTHZEN: Final[dict[str, Json]] = {
    "Subject": _part("type", "id", type=_LINE, id=_LINE, properties=_PROPERTIES)
    | {"description": 'A user: `{"type": "user", "id": "<user_id>"}`. An address is no id.'},
    "Action": _part("name", name=_LINE, properties=_PROPERTIES)
    | {"description": "An action of the role table, or one that the account has mapped."},
    "Resource": _part("type", "id", type=_LINE, id=_LINE, properties=_PROPERTIES)
    | {
        "description": "An organization by its id, or anything else that names its organization "
        "in `properties.organization_id`, or in the property that the account has set for it."
    },
    "Context": _part(
        ip_address={"type": ["string", "null"]},
        user_agent={"type": ["string", "null"]},
        amr={"type": ["array", "null"]},
        acr={"type": ["string", "null"]},
        dry_run={"type": ["boolean", "null"]},
    ),
    "Evaluation": _part("subject", "action", "resource", **_EVALUATION),
    "Evaluations": {
        "description": "A batch; what stands beside `evaluations` is the default of every item, "
        "replaced whole by the item's own. Without evaluations it is a single one.",
        "anyOf": [
            _part(
                "evaluations",
                **dict.fromkeys(_EVALUATION, _PROPERTIES),
                evaluations={
                    "type": "array",
                    "minItems": 1,
                    "maxItems": authzen.MOST,
                    "items": {
                        "description": "An evaluation, with what it takes from the defaults; "
                        "one that is none is answered in its place."
                    },
                },
                options=_OPTIONS,
            ),
            _part(
                "subject",
                "action",
                "resource",
                **_EVALUATION,
                evaluations={"type": ["array", "null"], "maxItems": 0},
                options=_OPTIONS,
            ),
        ],
    },
    "SubjectSearch": _part(
        *("subject", "action", "resource"), **{**_EVALUATION, "subject": _SEARCHED}, page=_PAGE
    ),
    "ResourceSearch": _part(
        *("subject", "action", "resource"), **{**_EVALUATION, "resource": _SEARCHED}, page=_PAGE
    ),
    "ActionSearch": _part(
        "subject",
        "resource",
        **{name: part for name, part in _EVALUATION.items() if name != "action"},
        page=_PAGE,
    ),
}
