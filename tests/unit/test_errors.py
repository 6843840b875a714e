"""The one error tree: drawn as it is, with a slug, a title and a status for every refusal."""

import re
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from gatehouse.domain import errors
from gatehouse.domain.errors import AlreadyAccepted, FieldError, GatehouseError, Refused, Unable

DOCUMENT = Path("docs/errors.md")
STATUSES = {400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 428, 429, 500, 503}


def below(kind: type[GatehouseError]) -> list[type[GatehouseError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in below(child))]


ERRORS = below(GatehouseError)


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """Read the tree of the module's docstring: {class: (parent, status if drawn)}."""
    found: dict[str, tuple[str | None, int | None]] = {"GatehouseError": (None, 500)}
    parents = ["GatehouseError"]
    for line in (errors.__doc__ or "").splitlines():
        branch = re.match(r"    ((?:│   |    )*)[├└]── (.*)", line)
        if branch is None:
            continue
        depth = len(branch[1]) // 4 + 1
        names = re.match(r"[A-Z]\w+(?:, [A-Z]\w+)*", branch[2])
        assert names, line
        status = re.search(r" (\d{3})\b", branch[2])
        for name in names[0].split(", "):
            found[name] = (parents[depth - 1], int(status[1]) if status else None)
        parents[depth:] = [names[0].split(", ")[-1]]
    return found


def test_the_drawing_shows_every_class_under_its_parent() -> None:
    classes = {
        error.__name__: None if error is GatehouseError else error.__bases__[0].__name__
        for error in ERRORS
    }
    assert {name: parent for name, (parent, _) in drawn().items()} == classes


def test_the_drawing_shows_every_status() -> None:
    by_name = {error.__name__: error for error in ERRORS}
    for name, (parent, status) in drawn().items():
        if status is not None:
            assert by_name[name].status == status, name
        elif parent != "GatehouseError":
            assert by_name[name].status == by_name[parent or ""].status, name


def test_every_error_has_a_slug_of_its_own() -> None:
    slugs = [error.slug for error in ERRORS]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)


def test_every_error_has_a_title_of_its_own_and_a_real_status() -> None:
    assert len({error.title for error in ERRORS}) == len(ERRORS)
    for error in ERRORS:
        assert error.status in STATUSES
        assert HTTPStatus(error.status)
        assert error.__doc__


def test_the_documentation_lists_every_type_and_no_other() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for error in ERRORS:
        assert f"`{error.slug}`" in text, f"docs/errors.md does not list {error.slug}"
    known = {error.slug for error in ERRORS}
    listed = set(re.findall(r"^\|\s*`([a-z]+(?:-[a-z]+)*)`", text, re.MULTILINE))
    assert listed <= known, f"docs/errors.md lists {listed - known}"


def test_no_error_grows_outside_of_the_tree() -> None:
    for file in Path("layers/common/python/gatehouse").rglob("*.py"):
        if file.name != "errors.py":
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"^    slug\b.*=", text, re.MULTILINE), file


def test_an_error_carries_what_happened_and_where() -> None:
    error = GatehouseError("It broke.", fields=[FieldError("/a", "Wrong.")], retry_after=3)
    assert (str(error), error.detail, error.retry_after) == ("It broke.", "It broke.", 3)
    assert error.fields == (FieldError("/a", "Wrong."),)


def test_a_field_is_refused_by_one_sentence() -> None:
    error = Refused.at("/maximum_role", "Not Lite.")
    assert (error.detail, error.fields) == (
        "Not Lite.",
        (FieldError("/maximum_role", "Not Lite."),),
    )


def test_whatever_does_not_answer_says_when_to_come_back() -> None:
    assert all(error("…").retry_after for error in below(Unable))


def test_who_accepted_first_is_named_with_the_time_if_it_is_known() -> None:
    moment = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
    assert "Nora accepted this invitation on 2026-11-22 at 10:05 UTC" in (
        AlreadyAccepted("Nora", moment).detail
    )
    assert "Nora accepted this invitation. " in AlreadyAccepted("Nora", None).detail
