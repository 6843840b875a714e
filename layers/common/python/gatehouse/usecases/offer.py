"""What an invitation's page shows: to anybody with the link, and to those who may answer."""

from dataclasses import dataclass

from gatehouse.domain.brand import NO_BRAND, Brand
from gatehouse.domain.connection import Connection
from gatehouse.domain.errors import (
    AdministratorRequired,
    GatehouseError,
    LinkReplaced,
    WrongAccount,
)
from gatehouse.domain.principal import Person, Principal
from gatehouse.usecases.answer import check_may_answer, is_replaced, linked
from gatehouse.usecases.ports import Ports


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as read through a link. Reading changes nothing.

    ``organization_count`` is what it reaches now: nothing, once it is over.
    ``obstacle`` says why it cannot be answered, ``stranger`` why *this* viewer may not;
    ``viewer`` is set when somebody is signed in, whoever it is.
    """

    connection: Connection
    organization_count: int
    obstacle: GatehouseError | None
    viewer: Person | None
    stranger: WrongAccount | AdministratorRequired | None
    brand: Brand = NO_BRAND
    """The host's."""

    @property
    def may_answer(self) -> bool:
        """Say whether the viewer is an active Administrator of the guest."""
        return self.viewer is not None and self.stranger is None


def offer(ports: Ports, token: str, principal: Principal | None) -> Offer:
    """Read the invitation a link points to. Raises LinkUnknown."""
    link, connection = linked(ports, token)
    now = ports.clock.now()
    obstacle: GatehouseError | None = connection.obstacle_at(now)
    if is_replaced(ports, link, connection):
        obstacle = LinkReplaced(
            "A newer invitation was sent to the same person after this one. Open the newest mail."
        )
    viewer = principal if isinstance(principal, Person) else None
    stranger: WrongAccount | AdministratorRequired | None = None
    if viewer is not None:
        try:
            check_may_answer(viewer, connection)
        except (WrongAccount, AdministratorRequired) as refusal:
            stranger = refusal
    host = ports.store.accounts.get(connection.host.account_id)
    return Offer(
        connection,
        ports.store.directory.reach_count(connection.host.account_id, connection)
        if connection.is_live_at(now)
        else 0,
        obstacle,
        viewer,
        stranger,
        host.brand if host else NO_BRAND,
    )
