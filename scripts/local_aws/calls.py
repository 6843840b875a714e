"""Calls of the deployed functions: the stored events, in the demo world, by Lambda's Invoke."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from gatehouse import wiring
from gatehouse.config import Settings
from local.clock import SharedClock
from local.demo import WORLD
from local.engine import Engine
from local.identity import CLIENT_ID
from local.mailbox import Mailbox
from local.people import People
from local.seed import Seeder
from local.state import StateFolder
from local.stored_events import FOLDER, STORY, Names, read_event
from local.template import read_template
from scripts.local_aws.issuer import HttpsIssuer
from scripts.local_aws.stack import REGION, LocalStack

_LINK: Final = re.compile(r"/invitations/([a-z2-7]{52})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Call:
    """One row of the table."""

    function: str
    event: str
    status: str
    milliseconds: int
    wrong: str = ""


class Caller:
    """Call the deployed functions with the stored events, in the demo world."""

    def __init__(
        self, aws: LocalStack, engine: Engine, state: StateFolder, idp: HttpsIssuer
    ) -> None:
        self._lambda = aws.client("lambda")
        self._issuer = idp.issuer
        self._mailbox = Mailbox(engine.endpoint, state, SharedClock(state))
        self._physical = {
            logical: physical
            for kind, logical, physical in aws.resources()
            if kind == "AWS::Lambda::Function"
        }
        settings = {
            "TABLE_NAME": aws.outputs()["TableName"],
            "AWS_REGION": REGION,
            "PUBLIC_BASE_URL": "https://gatehouse.test",
            "MAIL_FROM": "of no use here",
            "OIDC_ISSUER": idp.issuer.url,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "SIGNING_KEY": "of no use here",
            "EVENT_BUS": "of no use here",
            "FILES_BUCKET": "of no use here",
            "ARCHIVE_BUCKET": "of no use here",
            "TRANSFER_QUEUE_URL": "of no use here",
        }
        ports = wiring.build(Settings.from_environment(settings))
        self._seeder = Seeder(ports, People(ports.store, state), idp.issuer.identity_of)
        self._names = Names(self._seeder.seed(json.loads(json.dumps(WORLD))), ports.store, self)

    @cached_property
    def functions(self) -> dict[str, str]:
        """Return the functions of the template, each with its name in the stack."""
        return {name: self._physical[logical_id(name)] for name in read_template().functions}

    def token(self, email: str) -> str | None:
        """Return an access token of a person."""
        return self._issuer.access_token(email) if self._seeder.bind(email) else None

    def link(self, email: str) -> str | None:
        """Return the secret of the newest invitation mailed to a person."""
        mails = (m for m in self._mailbox.newest_first() if m.to == email)
        return next((found[1] for mail in mails if (found := _LINK.search(mail.text))), None)

    def calls(self) -> Iterator[Call]:
        """Call with the story's events in its order, then with every other one."""
        expected = dict(STORY)
        files = sorted(file.stem for file in FOLDER.glob("*.json"))
        for stem in [*(name for name, _ in STORY), *(f for f in files if f not in expected)]:
            yield self._call(stem, expected.get(stem))
        for function in sorted(set(self.functions) - {f.partition("-")[0] for f in files}):
            yield Call(function, "none is stored", "–", 0, "not called")

    def signing_keys(self) -> set[str]:
        """Return the signing keys that the functions have."""
        found = [
            self._lambda.get_function_configuration(FunctionName=n) for n in self.functions.values()
        ]
        return {one["Environment"]["Variables"]["SIGNING_KEY"] for one in found}

    def mails(self) -> int:
        """Return how many mails SES was handed."""
        return len(self._mailbox.newest_first())

    def _call(self, stem: str, expected: int | None) -> Call:
        function = stem.partition("-")[0]
        event = read_event(FOLDER / f"{stem}.json", self._names)
        started = time.monotonic()
        answer = self._lambda.invoke(
            FunctionName=self.functions[function], Payload=json.dumps(event).encode()
        )
        milliseconds = round((time.monotonic() - started) * 1000)
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            return Call(function, stem, "failed", milliseconds, json.dumps(payload)[:1500])
        status = payload.get("statusCode") if isinstance(payload, dict) else None
        right = status == expected if expected else (status or 200) < 500
        wrong = "" if right else f"expected {expected or 'no error'}: {json.dumps(payload)[:1500]}"
        return Call(function, stem, str(status or "done"), milliseconds, wrong)


def logical_id(function: str) -> str:
    """Return what the template calls a function: create_account is CreateAccountFunction."""
    return "".join(word.capitalize() for word in function.split("_")) + "Function"
