"""How somebody goes through the pages: with a mouse, or with the keyboard alone."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

MOST_TABS = 200

_IS_IN_FOCUS = "element => element === document.activeElement"
_SHOWS_FOCUS = """element => {
  const style = getComputedStyle(element), box = element.getBoundingClientRect()
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    && box.bottom > 0 && box.top < innerHeight
}"""
_GROUP_IN_FOCUS = "group => document.activeElement.name === group"


class Mouse:
    """Clicks what can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, link: str, within: str = "body") -> None:
        """Follow a link to another page."""
        self._leave(self.page.locator(within).get_by_role("link", name=link).first, "Enter")

    def press(self, button: str) -> None:
        """Press a button that leads to another page."""
        self._leave(self.page.get_by_role("button", name=button).first, "Enter")

    def tick(self, box: str) -> None:
        self._use(self.page.get_by_role("checkbox", name=box, exact=True), "Space")

    def choose(self, choice: str) -> None:
        """Choose one of several."""
        self.page.get_by_role("radio", name=choice, exact=True).check()

    def write(self, field: str, text: str) -> None:
        """Write into a field, in the place of what stands there."""
        self._use(self.page.get_by_label(field), "ControlOrMeta+A")
        self.page.keyboard.type(text)

    def _leave(self, way_out: Locator, key: str) -> None:
        with self.page.expect_navigation():
            self._use(way_out, key)

    def _use(self, element: Locator, key: str) -> None:
        element.click()
        if "+" in key:
            self.page.keyboard.press(key)


class Keyboard(Mouse):
    """Goes from one thing to the next, and must see where it is."""

    def choose(self, choice: str) -> None:
        wanted = self.page.get_by_role("radio", name=choice, exact=True)
        group = wanted.get_attribute("name")
        self._tab_until(lambda: bool(self.page.evaluate(_GROUP_IN_FOCUS, group)), choice)
        for _ in range(MOST_TABS):
            if wanted.evaluate(_IS_IN_FOCUS):
                break
            self.page.keyboard.press("ArrowDown")
        assert wanted.evaluate(_SHOWS_FOCUS), f"no focus is seen on {choice}"
        self.page.keyboard.press("Space")
        assert wanted.is_checked()

    def _use(self, element: Locator, key: str) -> None:
        self._tab_until(lambda: bool(element.evaluate(_IS_IN_FOCUS)), str(element))
        assert element.evaluate(_SHOWS_FOCUS), f"no focus is seen on {element}"
        self.page.keyboard.press(key)

    def _tab_until(self, reached: Callable[[], bool], what: str) -> None:
        for _ in range(MOST_TABS):
            if reached():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {what} on {self.page.url}")
