"""What a connection is used for: a bar a day, and whether less would do."""

from typing import Final

from gatehouse.domain.activity import Category
from gatehouse.domain.connection import State
from gatehouse.domain.use import OTHER, most_first
from gatehouse.http import views
from gatehouse.http.answers import Answer
from gatehouse.http.charts import chart
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.connection_use import connection_use

pages = Pages()
_MOST_ACTIONS: Final = 20
_CATEGORIES: Final = {Category.DECISION: "Asked for", Category.ACTIVITY: "Reported as done"}


@pages.at("GET /console/connections/{connection_id}/usage")
def show_use(visit: Visit) -> Answer:
    found = connection_use(visit.ports, visit.person, visit.path["connection_id"])
    connection = found.connection
    return visit.page(
        "connection-use",
        connection_id=connection.connection_id,
        guest=views.account_name(connection.guest),
        is_active=connection.state is State.ACTIVE,
        maximum_role=connection.maximum_role.value,
        needed=found.needed.value if found.needed else None,
        could_be=found.could_be.value if found.could_be else None,
        days=found.length,
        decisions=found.whole.decisions,
        activities=found.whole.activities,
        chart=chart(
            {
                one.day: {"allowed": one.decisions.allowed, "denied": one.decisions.denied}
                for one in found.days
            },
            found.first,
            found.last,
        ),
        listed=list(reversed(found.days)),
        actions=[
            {
                "category": _CATEGORIES[category],
                "action": "Others, which nobody has mapped" if action == OTHER else action,
                "tally": tally,
            }
            for (category, action), tally in most_first(found.whole.actions)[:_MOST_ACTIONS]
        ],
    )
