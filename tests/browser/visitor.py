"""Who looks at a page as a strict reader: what it shows, asks for, weighs, and does to others."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from playwright.sync_api import Browser, Page

from scripts.pictures.tour import Stop
from scripts.pictures.world import Furnished, signed_in
from tests.support.runner import Runner

LOOKS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390, 320)]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Each returns what is wrong, in words.
_MARKUP = """() => {
  const wrong = []
  const say = (fault, element) => wrong.push(fault + ': ' + element.outerHTML.slice(0, 120))
  const headings = document.querySelectorAll('h1').length
  if (headings !== 1) wrong.push(headings + ' h1')
  for (const element of document.querySelectorAll('*'))
    for (const name of element.getAttributeNames())
      if (name === 'style' || name.startsWith('on')) say(name + '=', element)
  for (const table of document.querySelectorAll('table')) {
    if (!table.caption || !table.caption.textContent.trim()) say('no caption', table)
    for (const head of table.querySelectorAll('th'))
      if (!['col', 'row'].includes(head.scope)) say('no scope', head)
    if (!table.querySelector('thead th[scope=col]')) say('no column headers', table)
    for (const row of table.querySelectorAll('tbody tr'))
      if (row.querySelectorAll('th[scope=row]').length !== 1) say('no row header', row)
  }
  const summary = document.querySelector('.errors')
  if (summary && document.activeElement !== summary) say('not in focus', summary)
  return wrong
}"""
_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= room) return []
  const far = [...document.body.querySelectorAll('*')].filter(
    element => element.getBoundingClientRect().right > room + 1 && !element.closest('.scroll'))
  return ['wider than ' + room + ': ' + far.slice(0, 2).map(
    element => element.outerHTML.slice(0, 100)).join(' ')]
}"""
_AXE = """async tags => {
  const found = await axe.run(document, {runOnly: tags, resultTypes: ['violations']})
  return found.violations.map(one => one.id + ': ' + one.nodes[0].html.slice(0, 160))
}"""
_ASSETS = """() => [...document.querySelectorAll('link[href], script[src], use[href]')].map(
  element => element.getAttribute('href') || element.src).map(
  address => new URL(address, location)).filter(
  url => url.pathname !== location.pathname).map(url => url.href.split('#')[0])"""


@cache
def axe() -> str:
    """Return axe-core, which every page is looked at with."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


class Visitors:
    """People who go round: each with a browser of their own, whose doings are noted."""

    def __init__(self, browser: Browser, product: Runner) -> None:
        self._browser = browser
        self._product = product
        self._pages: dict[str | None, Page] = {}
        self._weights: dict[str, int] = {}
        self.names = Furnished(product, browser).names
        self.asked: list[str] = []
        self.console: list[str] = []

    def open(self, stop: Stop) -> tuple[Page, bytes]:
        """Open a page of the tour; return it, and its document as it came."""
        if stop.who not in self._pages:
            page = signed_in(self._browser, self._product.base_url, stop.who)
            page.on("request", lambda request: self.asked.append(request.url))
            page.on("console", lambda message: self.console.append(message.text))
            page.on("pageerror", lambda error: self.console.append(str(error)))
            self._pages[stop.who] = page
        self.asked.clear()
        self.console.clear()
        page = self._pages[stop.who]
        return page, stop.open(page, self.names)

    def foreign(self) -> list[str]:
        """Return what the page asked of others."""
        return [url for url in self.asked if not url.startswith(f"{self._product.base_url}/")]

    def complaints(self, stop: Stop) -> list[str]:
        """Return what the browser's console says: a breach of the policy, an error of a script."""
        status = f"status of {stop.status}" if stop.status >= 400 else "\0"
        return [text for text in self.console if status not in text]

    def weight(self, page: Page, document: bytes) -> int:
        """Return the bytes of a first visit: the document and every asset it names, unpacked."""
        assets = set(page.evaluate(_ASSETS))
        for url in assets - self._weights.keys():
            self._weights[url] = len(page.request.get(url).body())
        return len(document) + sum(self._weights[url] for url in assets)


def faults(page: Page) -> list[str]:
    """Return what is wrong with a page in any theme and width."""
    found = list(page.evaluate(_MARKUP))
    page.evaluate(axe())
    for theme, width in shown(page):
        found += [f"{theme} {width} {wrong}" for wrong in page.evaluate(_TOO_WIDE)]
        # Narrow is one layout and dark another palette: these two see all of both.
        if (theme, width) in {("light", 1280), ("dark", 390)}:
            found += [f"{theme} {width} {wrong}" for wrong in page.evaluate(_AXE, TAGS)]
    return found


def shown(page: Page) -> Iterator[tuple[str, int]]:
    """Show a page in every look in turn."""
    for theme, width in LOOKS:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 900})
        yield theme, width
