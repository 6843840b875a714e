"""The same questions answered in process by the deciding function, by Cedar and by Casbin.

Run as a module it prints the median microseconds of one answer by each, as JSON. It runs in
.venv-bench, which has cedarpy and casbin. Each engine has the facts in its own form beforehand:
what is timed is the answer alone, without reading or recording anything.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import world
from gatehouse.domain.decision import decide

ROUNDS = 15
TIMES = 50
ORGANIZATION = world.number("org", 0)
ACTIONS = {"view": 0, "edit": 1, "delete": 2}

_CASBIN_MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.sub == p.sub && g(r.obj, p.obj) && r.act == p.act
"""

Asked = Callable[[str], bool]


def ours(groups: int) -> Asked:
    facts = world.facts(groups)
    return lambda action: decide(action, facts).allowed


def cedar(groups: int) -> Asked:
    """Answer by Cedar: the cap as a rank, the groups as parents of the organization."""
    import cedarpy  # type: ignore[import-not-found]  # of .venv-bench

    pair, organization = world.pair(groups), world.organization(0, groups)
    policies = """
        permit(principal, action, resource) when {
            principal.active && principal.rank >= action.minimum &&
            resource.groups.containsAny(principal.groups)
        };"""
    entities = [
        {
            "uid": {"type": "User", "id": world.USER},
            "attrs": {"active": True, "rank": 1, "groups": sorted(pair.group_ids)},
            "parents": [],
        },
        {
            "uid": {"type": "Organization", "id": ORGANIZATION},
            "attrs": {"groups": sorted(organization.groups)},
            "parents": [],
        },
        *(
            {"uid": {"type": "Action", "id": name}, "attrs": {"minimum": rank}, "parents": []}
            for name, rank in ACTIONS.items()
        ),
    ]
    text = json.dumps(entities)

    def ask(action: str) -> bool:
        request = {
            "principal": f'User::"{world.USER}"',
            "action": f'Action::"{action}"',
            "resource": f'Organization::"{ORGANIZATION}"',
            "context": {},
        }
        return bool(cedarpy.is_authorized(request, policies, text).allowed)

    return ask


def casbin(groups: int) -> Asked:
    """Answer by Casbin's FastEnforcer: the groups as its role graph, the cap in its policies."""
    from casbin import FastEnforcer  # type: ignore[import-not-found]  # of .venv-bench

    with tempfile.TemporaryDirectory() as folder:
        # From a file: only then does FastEnforcer build its own kind of model.
        model = Path(folder, "model.conf")
        model.write_text(_CASBIN_MODEL, encoding="utf-8")
        enforcer = FastEnforcer(str(model), cache_key_order=[2, 0])
    pair, organization = world.pair(groups), world.organization(0, groups)
    for group in pair.group_ids:
        for action, rank in ACTIONS.items():
            if rank <= 1:
                enforcer.add_policy(world.USER, group, action)
    for group in organization.groups:
        enforcer.add_grouping_policy(ORGANIZATION, group)
    return lambda action: bool(enforcer.enforce(world.USER, ORGANIZATION, action))


def main() -> None:
    found: dict[str, dict[str, float]] = {}
    for groups in (10, 200):
        engines = {"Gatehouse": ours(groups), "cedarpy": cedar(groups), "casbin": casbin(groups)}
        for name, ask in engines.items():
            assert [ask(action) for action in ACTIONS] == [True, True, False], (name, groups)
        costs: dict[str, list[float]] = {name: [] for name in engines}
        for _ in range(ROUNDS):
            for name in random.sample(list(engines), len(engines)):
                costs[name].append(_cost(engines[name]))
        found[str(groups)] = {name: statistics.median(one) for name, one in costs.items()}
    sys.stdout.write(json.dumps(found))


def _cost(ask: Asked) -> float:
    times = TIMES // 10
    began = time.process_time()
    for _ in range(times):
        for action in ACTIONS:
            ask(action)
    return (time.process_time() - began) / times / len(ACTIONS) * 1e6


if __name__ == "__main__":
    main()
