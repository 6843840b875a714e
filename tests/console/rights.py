"""The table of who sees which page of the console, and of what stands in whose Account menu.

It is written from the rules of the product. The columns are those of tests/support/rights.py:

    yes   the page                                    ·   the page that says why not, and whom to ask
    own   the page, about the caller's own account   404  nothing is there for them

A name before a page is its entry in the menu, which those have who are answered yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.cast import COLUMNS, outcomes

PAGES = """
                                                 adm all mgr oth edi cre r-o lit | Adm Tec | Str
acme's, which is a host
/console                                         yes yes yes yes yes yes yes yes | own own | own
/console/accounts                                yes yes yes yes yes yes yes yes | own own | own
/console/sessions                                yes yes yes yes yes yes yes yes | own own | own
/console/in/{account_id}                         yes yes yes yes yes yes yes  ·  | yes yes | 404
Settings
/console/settings                                yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/branding                       yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/security                       yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/actions                        yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/new-action                     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/new-type                       yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/types-denied                   yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/settings/{kind}/{name}                  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/settings/{kind}/{name}/remove           yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Users
/console/users                                   yes yes yes yes  ·   ·   ·   ·  | own  ·  | own
/console/users/new                               yes yes yes yes  ·   ·   ·   ·  | own  ·  | own
/console/users/change                            yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}                         yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/status                  yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/sessions                yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/invitation              yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/organizations           yes yes yes yes  ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/erase                   yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/erasure                 yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/users/{user_id}/delete                  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Groups
/console/groups                                  yes yes yes yes  ·   ·   ·   ·  | own  ·  | own
/console/groups/new                              yes yes yes yes  ·   ·   ·   ·  | own  ·  | own
/console/groups/{group_id}                       yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404
/console/groups/{group_id}/edit                  yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404
/console/groups/{group_id}/members               yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404
/console/groups/{group_id}/organizations         yes yes yes 404  ·   ·   ·   ·  | 404  ·  | 404
/console/groups/{group_id}/delete                yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Organizations
/console/organizations                           yes yes yes yes yes yes yes  ·  | own own | own
/console/organizations/new                       yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/organizations/{organization_id}         yes yes yes 404 404 404 yes  ·  | 404 404 | 404
/console/organizations/{organization_id}/edit    yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/organizations/{organization_id}/delete  yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Connections
/console/connections                             yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/connections/new                         yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/connections/{connection_id}             yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/resend      yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/usage       yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/map                                     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/connections/{connection_id}/revoke      yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/rules       yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/rules/{user_id} yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/rules/{user_id}/deny yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/connections/{connection_id}/rules/{user_id}/remove yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/drafts/{draft_id}/role                  yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/drafts/{draft_id}/grant                 yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/drafts/{draft_id}/message               yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/drafts/{draft_id}/check                 yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Plan
/console/plan                                    yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
Billing
/console/billing                                 yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
Activity Logs
/console/log                                     yes yes yes yes  ·   ·   ·   ·  | own  ·  | own
/console/why                                     yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
API Keys
/console/api-keys                                yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/api-keys/new                            yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/api-keys/{api_key_id}                   yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/api-keys/{api_key_id}/rotate            yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/api-keys/{api_key_id}/end-older         yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/api-keys/{api_key_id}/revoke            yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Import Data
/console/imports                                 yes yes  ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/imports/{import_id}                     yes yes  ·   ·   ·   ·   ·   ·  | 404  ·  | 404
Export Data
/console/exports                                 yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/exports/{export_id}                     yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404

continuum's, which is a guest
Who let us in
/console/hosts                                   yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
/console/hosts/{connection_id}                   yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/hosts/{connection_id}/accept            yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/hosts/{connection_id}/decline           yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/hosts/{connection_id}/leave             yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/hosts/{connection_id}/block             yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/hosts/{connection_id}/log               yes  ·   ·   ·   ·   ·   ·   ·  | 404  ·  | 404
/console/blocked                                 yes  ·   ·   ·   ·   ·   ·   ·  | own  ·  | own
"""


@dataclass(frozen=True)
class Row:
    """What the table says of one page; ``entry`` is its name in the menu, if it has one."""

    page: str
    owner: str
    people: Mapping[str, str]
    entry: str | None = None


def _read() -> dict[str, Row]:
    found: dict[str, Row] = {}
    owner, entry = "", None
    head, *lines = filter(None, PAGES.splitlines())
    assert head.replace("|", " ").split() == list(COLUMNS)
    for line in lines:
        if "'" in line:
            owner = line.partition("'")[0]
        elif not line.startswith("/"):
            entry = line
        else:
            page, said = line.split(" ", 1)
            assert page not in found, f"{page} stands twice in PAGES"
            people, more = outcomes(said)
            assert not more, f"the row of {page} is too long"
            found[page] = Row(page, owner, people, entry)
            entry = None
    return found


ROWS = _read()
