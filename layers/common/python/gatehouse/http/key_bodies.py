"""The bodies of requests about API keys."""

from datetime import timedelta

from gatehouse.domain.api_key import USUAL_GRACE_HOURS
from gatehouse.http.bodies import Body
from gatehouse.http.fields import GraceHours, Name, Scopes
from gatehouse.usecases.api_keys import KeyChange


class ApiKeyBody(Body):
    name: Name
    scopes: Scopes


class ApiKeyChangeBody(Body):
    name: Name | None = None
    scopes: Scopes | None = None

    def change(self) -> KeyChange:
        return KeyChange(self.name, None if self.scopes is None else frozenset(self.scopes))


class RotationBody(Body):
    grace_period_hours: GraceHours = USUAL_GRACE_HOURS

    @property
    def grace(self) -> timedelta:
        return timedelta(hours=self.grace_period_hours)
