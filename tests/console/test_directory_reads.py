"""What the account area's lists read is in proportion to what they show."""

from tests.console.test_reads import reads
from tests.support.browser import Browser
from tests.support.console import read
from tests.support.world import World


def test_lists_of_fifty_take_as_many_reads_as_lists_of_five(world: World) -> None:
    counts: list[list[int]] = []
    for name, many in (("small", 5), ("large", 60)):
        people = {"administrator": "administrator"} | {f"p{n}": "editor" for n in range(many)}
        organizations = [f"Client {n}" for n in range(many)]
        company = world.company(
            name,
            people,
            organizations=organizations,
            groups={"All": organizations},
            members={"All": list(people)},
        )
        browser = Browser(world).sign_in(company)
        group, one = company.groups["All"], company.organizations["Client 0"]
        counts.append(
            [
                reads(browser, address)
                for address in (
                    "/console/users",
                    "/console/users?words=p1",
                    f"/console/users/{company.users['p0']}",
                    "/console/groups",
                    f"/console/groups/{group}",
                    f"/console/groups/{group}/members",
                    f"/console/groups/{group}/organizations",
                    "/console/organizations",
                    "/console/organizations?words=client",
                    f"/console/organizations/{one}",
                    "/console/api-keys",
                )
            ]
        )
    # Of sixty who reach it, fifty are found on the first page: that is one read less.
    small, large = counts
    assert all(there <= here for here, there in zip(small, large, strict=True)), counts
    # Of a group also: which rules for single people have it, and what its holders are denied.
    assert max(large) <= 15, counts


def test_a_page_of_the_longest_names_is_light_enough(world: World) -> None:
    long = "Wolfeschlegelsteinhausenbergerdorff " * 5
    company = world.company("heavy", organizations=[f"{long}{n}" for n in range(60)])
    browser = Browser(world).sign_in(company)
    for address in ("/console/organizations", "/console/organizations?words=wolfe"):
        page = browser.get(address)  # which holds every page against its weight
        assert len(read(page).all("tr")) == 51
