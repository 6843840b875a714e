"""What a page is sent with keeps it to itself."""

import subprocess
import sys
from pathlib import Path

import gatehouse
from gatehouse.http.pages import page


def test_a_page_lets_nothing_in_and_nothing_out():
    assert page("signed-out").headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def test_a_form_may_end_up_at_the_issuer_when_the_page_says_so():
    result = page("signed-out", form_targets=["https://issuer.example"])
    policy = result.headers["Content-Security-Policy"]
    assert "; form-action 'self' https://issuer.example;" in policy


def test_a_page_has_the_status_and_the_headers_it_is_given():
    result = page("signed-out", status=410, headers={"Vary": "Cookie"})
    assert result.status == 410
    assert result.headers["Vary"] == "Cookie"
    assert result.headers["Cache-Control"] == "no-store"


def test_who_renders_no_page_loads_no_template_engine():
    layer = Path(gatehouse.__file__).parents[1]
    code = "import sys, gatehouse.http.pages; sys.exit('jinja2' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=layer, check=False)
    assert answer.returncode == 0
