"""User agents, as people call them."""

import pytest

from gatehouse.domain.device import device_in_words

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {ENGINE} Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
            "Firefox on Android",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {ENGINE} Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {ENGINE} Version/18.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        ("curl/8.5.0", "curl"),
        ("a program", "a program"),
        ("x" * 100, "x" * 59 + "…"),
        ("\u202e\u200b", "An unknown device"),
        (None, "An unknown device"),
        ("", "An unknown device"),
    ],
)
def test_a_device_is_called_by_its_browser_and_system(agent: str | None, words: str) -> None:
    assert device_in_words(agent) == words
