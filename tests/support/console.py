"""Read the console as people do: headings, tables, messages."""

from tests.support.api import Reply
from tests.support.page import Document


def read(page: Reply) -> Document:
    """Return a page's document."""
    return Document(page.text)


def heading(page: Reply) -> str:
    return read(page).said("h1")[0]


def words(page: Reply) -> str:
    """Return what a page says in its main part, without line breaks."""
    return read(page).said("main")[0]


def said(page: Reply) -> str:
    """Return what the page says was done."""
    document = read(page)
    places = [n for n, (_, a) in enumerate(document.elements) if a.get("role") == "status"]
    assert len(places) == 1
    return " ".join("".join(document.texts[places[0]]).split())


def entries(page: Reply) -> list[str]:
    """Return the entries of the Account menu."""
    document = read(page)
    (menu,) = (
        texts
        for (tag, attributes), texts in zip(document.elements, document.texts, strict=True)
        if tag == "nav" and attributes["aria-label"] == "Account"
    )
    return " ".join("".join(menu).split()).removeprefix("Account ").split("  ")


def errors(page: Reply) -> dict[str, str]:
    """Return the sentences of the error summary by the field that each leads to."""
    document = read(page)
    assert document.said("title")[0].startswith("Error: ")
    return {
        attributes["href"].removeprefix("#"): " ".join("".join(texts).split())
        for (tag, attributes), texts in zip(document.elements, document.texts, strict=True)
        if tag == "a" and attributes.get("href", "").startswith("#") and "class" not in attributes
    }


def rows(page: Reply, table: int = 0) -> list[list[str]]:
    """Return the cells of a table of a page, its head first."""
    document = read(page)
    found: list[list[list[str]]] = []
    for (tag, _), texts in zip(document.elements, document.texts, strict=True):
        text = " ".join("".join(texts).split())
        if tag == "table":
            found.append([])
        elif tag == "tr":
            found[-1].append([])
        elif tag in {"th", "td"}:
            found[-1][-1].append(text)
    return found[table]
