"""Where the account area begins."""

from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.visit import Pages, Visit

pages = Pages()


@pages.at("GET /console")
def show_overview(visit: Visit) -> Answer:
    return visit.page("overview")
