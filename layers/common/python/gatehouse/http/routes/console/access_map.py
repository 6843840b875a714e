"""The access map: guests, groups and organizations in three columns, and the same in a table."""

from dataclasses import dataclass
from typing import Any, Final

from gatehouse.domain.plain_text import one_line
from gatehouse.domain.wording import count_in_words
from gatehouse.http.answers import Answer
from gatehouse.http.routes.console.visit import Pages, Visit
from gatehouse.usecases.map_access import AccessMap, Fold, map_access

pages = Pages()
_DRAWN: Final = 40
"""How many boxes a column has at most; the rest are one box, and rows of the table."""
_NAMED: Final = 20
_STEP: Final = 52
_BOX: Final = 40
_TOP: Final = 40
_COLUMNS: Final = {"guest": 0, "group": 270, "organization": 540}
WIDTH: Final = 780
_BOX_WIDTH: Final = 240
_LETTERS: Final = 30


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the map: what it says in one line and in a second, smaller one."""

    x: int
    y: int
    title: str
    subtitle: str
    href: str | None = None

    @property
    def middle(self) -> int:
        return self.y + _BOX // 2


@pages.at("GET /console/map")
def show_map(visit: Visit) -> Answer:
    found = map_access(visit.ports, visit.person)
    boxes, lines, height = _drawn(found)
    return visit.page(
        "map",
        boxes=boxes,
        lines=lines,
        width=WIDTH,
        height=height,
        box_width=_BOX_WIDTH,
        box_height=_BOX,
        columns=list(_COLUMNS.values()),
        guests=len(found.guests),
        rows=list(_rows(found)),
        organizations=found.organizations,
        whole=found.whole,
    )


def _drawn(found: AccessMap) -> tuple[list[Box], list[str], int]:
    guests = {
        one.connection_id: _box(
            "guest",
            place,
            one.account.name or one.account.subdomain,
            f"at most {one.maximum_role.label}"
            + (f", {count_in_words(one.rules, 'rule')}" if one.rules else ""),
            f"/console/connections/{one.connection_id}",
        )
        for place, one in enumerate(found.guests[:_DRAWN])
    }
    groups = {
        f"group:{one.group_id}": _box(
            "group", place, one.name, "group", f"/console/groups/{one.group_id}"
        )
        for place, one in enumerate(
            sorted(found.groups.values(), key=lambda one: one.name.casefold())[:_DRAWN]
        )
    }
    reached = [one for one in found.guests if one.reaches_everything]
    everything = (
        [_box("organization", 0, "All organizations", "of today and in future")] if reached else []
    )
    shown = found.folds[: _DRAWN - 1] if len(found.folds) > _DRAWN else found.folds
    folds = [
        _box("organization", len(everything) + place, *_said_of(one, found))
        for place, one in enumerate(shown)
    ]
    rest = found.folds[len(shown) :]
    if rest:
        many = count_in_words(sum(len(one.names) for one in rest), "organization")
        folds.append(_box("organization", len(everything) + len(folds), many, "in other ways"))
    lines: dict[str, None] = {}
    for one in reached:
        if one.connection_id in guests:
            lines[_past_groups(guests[one.connection_id], everything[0])] = None
    for place, fold in enumerate(found.folds):
        box = folds[min(place, len(folds) - 1)]
        for connection_id, way in sorted(fold.ways):
            guest, group = guests.get(connection_id), groups.get(way)
            if guest is None:
                continue
            if group is None:
                lines[_past_groups(guest, box)] = None
            else:
                lines[_line(guest, group)] = None
                lines[_line(group, box)] = None
    columns = (guests, groups, [*everything, *folds])
    height = _TOP + _STEP * max(1, *(len(column) for column in columns))
    return [*guests.values(), *groups.values(), *everything, *folds], list(lines), height


def _box(column: str, place: int, title: str, subtitle: str, href: str | None = None) -> Box:
    title = one_line(title)
    short = title if len(title) <= _LETTERS else f"{title[: _LETTERS - 1]}…"
    return Box(_COLUMNS[column], _TOP + _STEP * place, short, subtitle, href)


def _said_of(fold: Fold, found: AccessMap) -> tuple[str, str]:
    many = len(fold.names)
    title = fold.names[0] if many == 1 else count_in_words(many, "organization")
    if len(fold.ways) > 1:
        return title, f"in {count_in_words(len(fold.ways), 'way')}" + (" each" * (many > 1))
    ((_, way),) = fold.ways
    group = found.groups.get(way.removeprefix("group:"))
    return title, f"through {one_line(group.name)[:_LETTERS]}" if group else "directly"


def _line(one: Box, other: Box) -> str:
    """Return the path of a curve from the right of a box to the left of another."""
    return f"M{one.x + _BOX_WIDTH} {one.middle}" + _curve(one.x + _BOX_WIDTH, one.middle, other)


def _curve(x: int, y: int, other: Box) -> str:
    bend = (x + other.x) // 2
    return f" C{bend} {y} {bend} {other.middle} {other.x} {other.middle}"


def _past_groups(guest: Box, other: Box) -> str:
    """Return the path of a line that leads on to an organization between the boxes of groups."""
    begin, lane = guest.x + _BOX_WIDTH, other.y - (_STEP - _BOX) // 2
    left = _COLUMNS["group"]
    bend, right = (begin + left) // 2, left + _BOX_WIDTH
    to_lane = f"M{begin} {guest.middle} C{bend} {guest.middle} {bend} {lane} {left} {lane}"
    return f"{to_lane} H{right}" + _curve(right, lane, other)


def _rows(found: AccessMap) -> list[dict[str, Any]]:
    """Return the same facts as rows: guest, through what, how many organizations and which."""
    rows = []
    for guest in found.guests:
        said = {"guest": guest.account.name or guest.account.subdomain, "role": guest.maximum_role}
        said["connection_id"] = guest.connection_id
        if guest.reaches_everything:
            rows.append(
                {**said, "through": "All organizations", "count": found.organizations, "names": []}
            )
        reached: dict[str, list[str]] = {}
        for fold in found.folds:
            for connection_id, way in fold.ways:
                if connection_id == guest.connection_id:
                    reached.setdefault(way, []).extend(fold.names)
        for way, names in sorted(reached.items()):
            group = found.groups.get(way.removeprefix("group:"))
            through = f"Group {group.name}" if group else "Directly"
            names.sort(key=str.casefold)
            rows.append({**said, "through": through, "count": len(names), "names": names[:_NAMED]})
    return rows
