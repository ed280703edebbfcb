"""Every page in a real browser, wide and narrow: nothing wrong, nothing cut off, accessible, and inert."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import WIDTHS, Reader
from tests.collector.hostile import PAYLOADS

pytestmark = pytest.mark.browser

PAGES = {
    "morning": "/?site=ashfield",
    "morning-30-nights": "/?site=ashfield&days=30",
    "morning-dark": "/?site=beech",
    "sites": "/sites",
    "standards": "/standards?site=ashfield",
    "standards-all": "/standards?site=ashfield&show=all",
    "clause-failing": "/standards/cyber.fw.firmware?site=ashfield",
    "clause-accepted": "/standards/wireless.wpa3?site=ashfield",
    "clause-attested": "/standards/governance.slt-lead?site=ashfield",
    "register": "/register?site=ashfield",
    "register-search": "/register?site=ashfield&q=room+3",
    "register-nothing": "/register?site=ashfield&q=nothing+like+this",
    "asset-switch": "/register/CT-000003?site=ashfield",
    "asset-laptop": "/register/CT-000060?site=ashfield",
    "topology": "/topology?site=ashfield",
    "broadband": "/broadband?site=ashfield&days=90",
    "review": "/review?site=ashfield",
    "agents": "/agents?site=ashfield",
    "people": "/people",
}
HOSTILE = (
    "/",
    "/?days=30",
    "/standards?show=all",
    "/standards/cyber.fw.firmware",
    "/standards/governance.vision",
    "/register",
    "/register?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/topology",
    "/broadband",
    "/review",
    "/agents",
    "/people",
    *(f"/register/CT-{number:06d}" for number in range(1, len(PAYLOADS) + 1)),
)
ALIVE = "document.querySelectorAll('script, img, iframe, object, style, [onerror], [onload]').length"
LEADING_AWAY = """[...document.querySelectorAll('a')].map(a => new URL(a.getAttribute('href'), location))
    .filter(url => url.origin != location.origin).length"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_accessible(trust: Reader, name: str, width: int) -> None:
    page = trust.open(PAGES[name], width)
    trust.keep(name)
    assert not trust.wrong
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    grave = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    assert not [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in grave]


@pytest.mark.parametrize("path", HOSTILE)
def test_a_register_of_payloads_fires_nothing_and_adds_no_element(hostile: Reader, path: str) -> None:
    page = hostile.open(path)
    if path in ("/", "/register", "/register/CT-000002"):
        hostile.keep(f"hostile-{path}")
    assert not hostile.wrong
    assert page.evaluate(ALIVE) == 0
    assert page.evaluate(LEADING_AWAY) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("path", ["/", "/register", "/register/CT-000020", "/topology", "/standards/cyber.fw.firmware"])
def test_words_of_any_length_stay_inside_a_telephone(hostile: Reader, path: str) -> None:
    page = hostile.open(path, 360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(trust: Reader) -> None:
    page = trust.open("/register?site=ashfield")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type("10.20.0.4")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=10.20.0.4**")
    assert page.locator("tbody tr").count() == 1


def test_focus_is_never_hidden_and_always_seen(trust: Reader) -> None:
    page = trust.open("/?site=ashfield")
    for _ in range(25):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "(() => { const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);"
            " return [r.top >= 0 && r.bottom <= innerHeight, s.outlineStyle, e.tagName]; })()"
        )
        assert box[0] or box[2] == "BODY"
        assert box[1] != "none" or box[2] == "BODY"


def test_signing_in_and_out_needs_no_mouse(trust: Reader) -> None:
    context = trust.page.context.browser
    assert context is not None
    fresh = context.new_context()
    page = fresh.new_page()
    page.goto(trust.url + "/register?site=ashfield")
    assert page.title().startswith("Sign in")
    page.focus("input[name=email]")
    page.keyboard.type("tess@ashfield.example")
    page.keyboard.press("Tab")
    page.keyboard.type("three random words")
    page.keyboard.press("Enter")
    page.wait_for_url("**/register**")
    page.focus(".who button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in**")
    assert page.locator("main").get_by_text("You are signed out.").is_visible()
    fresh.close()


def test_pages_are_read_with_scripts_switched_off(trust: Reader) -> None:
    browser = trust.page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, storage_state=trust.page.context.storage_state())
    page = plain.new_page()
    page.goto(trust.url + "/register?site=ashfield&q=sw-sci")
    assert page.locator("tbody tr").count() > 1
    page.goto(trust.url + "/standards/cyber.fw.firmware?site=ashfield")
    page.locator("summary", has_text="Evidence for fw-01").click()
    assert page.locator("main").get_by_text("snmp.entity").first.is_visible()
    plain.close()


def test_print_leaves_out_what_paper_cannot_use(trust: Reader) -> None:
    page = trust.open("/standards?site=ashfield")
    page.emulate_media(media="print")
    assert not page.locator(".menu").is_visible()
    assert not page.locator(".filters").first.is_visible()
    assert page.locator("h1").is_visible()
    page.emulate_media(media="screen")


def test_text_grows_to_twice_its_size_without_being_cut(trust: Reader) -> None:
    page = trust.open("/?site=ashfield")
    page.evaluate("document.documentElement.classList.add('x')")
    page.set_viewport_size({"width": 640, "height": 450})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
