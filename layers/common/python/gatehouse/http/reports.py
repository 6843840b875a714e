"""Activities, as applications report them."""

from typing import Annotated, Any

from pydantic import Field

from gatehouse.domain.activity import Resource
from gatehouse.http.bodies import Body
from gatehouse.http.fields import Agent, Label, Moment, Short
from gatehouse.usecases.report import Report


class ResourceBody(Body):
    type: Label
    id: Short | None = None
    name: Short | None = None


class ActivityBody(Body):
    user_id: Short
    action: Label
    organization_id: Short
    resource: ResourceBody
    activity_id: Short | None = None
    ip_address: Short | None = None
    user_agent: Agent | None = None
    time: Moment | None = None

    def report(self) -> Report:
        time: Any = self.time
        return Report(
            self.user_id,
            self.action,
            self.organization_id,
            Resource(self.resource.type, self.resource.id, self.resource.name),
            self.activity_id,
            self.ip_address,
            self.user_agent,
            time,
        )


class ActivitiesBody(Body):
    activities: Annotated[list[ActivityBody], Field(min_length=1, max_length=100)]


class ErasureBody(Body):
    """Whom to erase from the log, by the id that their entries have."""

    user_id: Short
