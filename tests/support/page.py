"""The rules of the console's pages, which every page that a test gets is held against."""

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser

VOID = {"img", "meta", "link", "input", "br", "hr", "path", "rect", "circle", "line"}
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
TO_FILES = (
    *("POST /console/exports/{export_id}", "GET /console/exports/{export_id}"),
    "GET /console/imports/{import_id}",
)
"""The pages from which a browser goes to where files are kept: the forms there may lead to it."""
DOWNLOADS = ("POST /console/log",)
"""The pages whose form may be answered with a file to save."""
HEAVIEST, OF_ASSETS = 100_000, 20_000
"""Bytes that a page may take on the wire, and of these its stylesheet, script and icons."""


class Document(HTMLParser):
    """The elements of a page in order, each with its attributes and the text inside it."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[list[str]] = []
        self.open: list[int] = []
        self.text = ""
        self.feed(body)
        assert not self.open, "an element is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append([])
        assert len({name for name, _ in attrs}) == len(attrs), "an attribute stands twice"
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.elements[self.open.pop()][0] == tag, "elements close in another order"

    def handle_data(self, data: str) -> None:
        for place in self.open:
            self.texts[place].append(data)
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def said(self, tag: str) -> list[str]:
        """Return the text of every element of this name, as people read it."""
        found = zip(self.elements, self.texts, strict=True)
        return [" ".join("".join(texts).split()) for (name, _), texts in found if name == tag]

    @property
    def ids(self) -> Counter[str]:
        return Counter(a["id"] for _, a in self.elements if "id" in a)


def must_be_a_page(route_key: str, status: int, headers: Mapping[str, str], text: str) -> None:
    """Fail unless this is a sound page of the console, or sends the browser on."""
    assert headers["cache-control"] == "no-store"
    if route_key in DOWNLOADS and "content-disposition" in headers:
        return
    if status == 303:
        if route_key not in TO_FILES or not headers["location"].startswith("https://"):
            assert headers["location"].startswith("/"), route_key
        assert not headers["location"].startswith("//"), route_key
        assert not text
        return
    assert headers["content-type"] == "text/html; charset=utf-8", (route_key, text)
    assert headers["referrer-policy"] == "same-origin"
    files: str | None = None
    if status != 503:  # a page that could not read who looks at it is everybody's
        policy = headers["content-security-policy"]
        if route_key in TO_FILES:
            found = re.search(r"form-action 'self' (https://[a-z0-9.-]+);", policy)
            files = found[1] if found else None
            policy = policy.replace(f" {files};", ";")
        assert policy in {POLICY, POLICY_WITHOUT_SCRIPT}
    if not route_key.startswith("HEAD "):
        must_be_sound(text, files)


POLICY_WITHOUT_SCRIPT = POLICY.replace("script-src 'self'; connect-src 'self'; ", "")


def must_be_sound(text: str, files: str | None = None) -> None:
    """Fail unless a page can be read by everybody and runs nothing of its own.

    ``files`` is where a form of it may send a file to, besides us.
    """
    page = Document(text)
    assert len(text.encode()) < HEAVIEST - OF_ASSETS, (len(text.encode()), text[:300])
    assert len(page.said("h1")) == 1
    assert page.said("h1")[0]
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("main") == [{"id": "main", "tabindex": "-1"}]
    assert page.all("a")[0] == {"class": "skip", "href": "#main"}
    assert page.said("title")[0].endswith(" – Gatehouse")
    assert set(page.ids.values()) <= {1}, page.ids.most_common(3)
    assert {"style", "iframe", "base", "object"}.isdisjoint(tag for tag, _ in page.elements)
    for image in page.all("img"):
        assert image.keys() == {"class", "src", "alt"}
        assert image["alt"].startswith("Logo of ")
        assert image["src"].startswith("/logos/")
    assert all(script.keys() == {"src", "defer"} for script in page.all("script"))
    for tag, attributes in page.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(attributes.get(name, "").split()) <= set(page.ids), (name, attributes)
        for name in ("href", "src", "action", "hx-get", "hx-post"):
            address = attributes.get(name, "#")
            if (tag, name) == ("form", "action") and files is not None:
                address = address.removeprefix(files)
            assert re.match(r"[/#?](?!/)|$", address), (tag, name, address)
    _forms(page)
    _tables(page)
    hidden = {c for c in text if not c.isprintable()} - {"\n"}
    assert not hidden, hidden


def _forms(page: Document) -> None:
    # The token that proves that a form is ours goes to nobody else.
    posts = [
        form
        for form in page.all("form")
        if form.get("method") == "post" and form["action"].startswith("/")
    ]
    tokens = [i for i in page.all("input") if i.get("name") == "csrf_token"]
    assert len(tokens) == len(posts)
    visible = [*page.all("textarea"), *page.all("select")]
    visible += [i for i in page.all("input") if i["type"] != "hidden"]
    labels = Counter(label["for"] for label in page.all("label"))
    assert Counter(field["id"] for field in visible) == labels
    assert len(page.all("legend")) == len(page.all("fieldset"))


def _tables(page: Document) -> None:
    assert len(page.said("caption")) == len(page.all("table"))
    scopes = Counter(th.get("scope") for th in page.all("th"))
    assert set(scopes) <= {"col", "row"}
    assert scopes["row"] == len(page.all("tr")) - len(page.all("thead"))
    regions = [a for _, a in page.elements if a.get("class") == "scroll"]
    assert [region["tabindex"] for region in regions] == ["0"] * len(page.all("table"))
