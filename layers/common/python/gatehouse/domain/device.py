"""What a person calls the device that a request came from: the browser and the system."""

from typing import Final

from gatehouse.domain.plain_text import one_line

# The first that stands in a user agent counts: most browsers also name those they descend from.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_LONGEST: Final = 60


def device_in_words(user_agent: str | None) -> str:
    """Write a user agent for people; one that is not known is shown as it came, cut short."""
    if not user_agent:
        return "An unknown device"
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    if browser is None:
        return one_line(user_agent, limit=_LONGEST, otherwise="An unknown device")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return f"{browser} on {system}" if system else browser
