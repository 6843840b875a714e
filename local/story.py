"""What the runner prints: where to click, and the commands that walk through the main job."""

from collections.abc import Mapping, Sequence
from typing import Any

from local.people import Company


def welcome(base_url: str, state_dir: str, companies: Sequence[Company], key: str | None) -> str:
    """Say where everything is."""
    lines = [
        "",
        f"Gatehouse runs at {base_url}  (Ctrl-C stops it; its state stays in {state_dir})",
        "",
    ]
    if companies:
        lines.append("Sign in with one click:")
        for company in companies:
            for role in ("Administrator", "Editor"):
                person = next((p for p in company.people if p.role == role and p.active), None)
                if person:
                    who = f"{company.name}, {'technician' if role == 'Editor' else role}"
                    link = f"{base_url}/.local/sign-in?email={person.email}"
                    lines.append(f"  {who:<26}{person.name:<20}{link}")
        lines.append(f"  {'Everybody else':<46}{base_url}/.local/")
    else:
        lines.append(f"Nobody is here yet. Seed a world: POST {base_url}/.local/seed")
    lines += ["", f"Mail that was sent:  {base_url}/.local/mail"]
    if key:
        lines += [f"API key of acme:     {key}"]
    return "\n".join(lines)


def walk_through(base_url: str, world: Mapping[str, Any]) -> str:
    """Write the commands for invite, mail, accept, authorize, log and revoke."""
    acme, continuum = (
        next(account for account in world["accounts"] if account["subdomain"] == subdomain)
        for subdomain in ("acme", "continuum")
    )
    organization = acme["organizations"][0]
    group = acme["groups"][0]
    technician = next(user for user in continuum["users"] if user["role"] == "manager")
    host = next(user for user in acme["users"] if user["role"] == "administrator")
    guest = next(user for user in continuum["users"] if user["role"] == "administrator")
    question = (
        f'{{"subject":{{"type":"user","id":"{technician["user_id"]}"}},'
        f'"action":{{"name":"edit"}},'
        f'"resource":{{"type":"organization","id":"{organization["organization_id"]}"}}}}'
    )
    offer = (
        f'{{"guest_subdomain":"continuum","maximum_role":"editor","group_ids":["{group["group_id"]}"],'
        '"organization_ids":[],"all_organizations":false,"message":"Welcome aboard"}'
    )
    return f"""
The main job, to copy into another terminal:

  BASE={base_url}  KEY={acme["api_key"]}
  JSON='content-type: application/json'
  pick() {{ python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }}
  HOST=$(curl -s "$BASE/.local/token?email={host["email"]}" | pick "['access_token']")
  GUEST=$(curl -s "$BASE/.local/token?email={guest["email"]}" | pick "['access_token']")

  # 1. {host["name"]} of acme invites continuum: at most Editor, in the group {group["name"]}
  CONNECTION=$(curl -s "$BASE/connections" -H "authorization: Bearer $HOST" -H "$JSON" \\
    -d '{offer}' | pick "['connection_id']"); echo "$CONNECTION"

  # 2. The mail to {guest["name"]}, with a personal link
  LINK=$(curl -s "$BASE/.local/mail.json" | python3 -c "import json,sys; print(next(l.strip() for m in json.load(sys.stdin)
    if m['to']=='{guest["email"]}' for l in m['text'].splitlines() if '/invitations/' in l))"); echo "$LINK"

  # 3. {guest["name"]} accepts
  curl -sw "\\n" -X POST "$LINK/accept" -H "authorization: Bearer $GUEST" -H "$JSON" -d '{{}}'

  # 4. An application asks: may {technician["name"]} (Manager at home) edit in {organization["name"]}?
  curl -sw "\\n" "$BASE/access/v1/evaluation" -H "authorization: Bearer $KEY" -H "$JSON" \\
    -d '{question}'

  # 5. What acme's log says
  curl -sw "\\n" "$BASE/activities?limit=5" -H "authorization: Bearer $HOST"

  # 6. acme revokes; the same question is answered with no
  curl -sw "\\n" -X POST "$BASE/connections/$CONNECTION/revoke" -H "authorization: Bearer $HOST" -H "$JSON" -d '{{}}'
  curl -sw "\\n" "$BASE/access/v1/evaluation" -H "authorization: Bearer $KEY" -H "$JSON" \\
    -d '{question}'
"""
