"""Pictures in a real JupyterLab: beside ipywidgets' own controls, many on a page, twice, full of strangers' text."""

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Dialog

from tests.browser.conftest import Lab, Notebook

pytestmark = pytest.mark.browser

SETUP = """import etcdlearn as etcd, ipywidgets, traitlets
from etcdlearn.widgets import RangeRuler, RevisionTimeline
server = etcd.server(); client = server.client()
for key in ("/illusory/cloud", "/illusory/wind", "/illusoryxxx"): client.put(key, "x")"""
TYPED = """ruler = RangeRuler("/illusory/", prefix=True, client=client)
text = ipywidgets.Text("/illusory/", continuous_update=True)
traitlets.link((text, "value"), (ruler, "key"))
one = RangeRuler("/zone", client=client)
other = ipywidgets.Text("/zone", continuous_update=True)
traitlets.link((other, "value"), (one, "key"))
ipywidgets.VBox([text, ruler, other, one])"""
TEN = """pictures = [RevisionTimeline(client), *(RangeRuler(f"/{n}", client=client) for n in range(4))]
for picture in [*pictures, *pictures]: display(picture)"""
HOSTILE = """from tests.hostile import HOSTILE
for data in filter(None, HOSTILE): client.put(data, data)
shown = [RevisionTimeline(client), *(RangeRuler(key, prefix=True, client=client) for key in ("", "<", b"\\xff"))]
for picture in shown: display(picture)
display(client.get("", prefix=True))
for data in filter(None, HOSTILE): print(client.get(data), RangeRuler(data, prefix=True))
ipywidgets.HTML("<b id=last>last</b>")"""
TORN = """from etcdlearn.testing import Proxy
from etcdlearn.widgets import WatchTape
proxy = Proxy(server.endpoints[0]); away = etcd.Client(proxy.endpoint)
tape = WatchTape(away, "/illusory/", prefix=True, second=client)
tape"""
BURNING = """from etcdlearn.widgets import LeaseClock
clock = LeaseClock(client)
client.put("/illusory/node/1", "here", lease=client.grant(6, id=0x10))
clock"""
STAGE = ".etcdlearn-stage"
OUTPUTS = "() => JSON.stringify(jupyterapp.shell.currentWidget.content.widgets.map((c) => c.model.outputs?.toJSON()))"
OVER = """() => [...document.querySelectorAll('.etcdlearn-stage svg')].flatMap((svg) =>
  [...svg.querySelectorAll('text')].filter((text) => {
    const [box, room] = [text.getBBox(), Number(svg.getAttribute('width'))];
    return box.width && (box.x < -1 || box.x + box.width > room + 1);
  }).map((text) => text.textContent))"""


def write(jupyter: Lab, name: str, *cells: str) -> str:
    """A notebook in the course's folder, made here; its kernel finds the tests."""
    notebook = nbformat.v4.new_notebook()
    root = str(Path(__file__).resolve().parents[2])
    first = f"import sys; sys.path.insert(0, {root!r})\n{SETUP}"
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (first, *cells)]
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (jupyter.folder / "en").mkdir(exist_ok=True)
    nbformat.write(notebook, jupyter.folder / "en" / name)
    return f"en/{name}"


def opened(jupyter: Lab, name: str, *cells: str, pictures: int, width: int = 1200) -> Notebook:
    notebook = jupyter.open(write(jupyter, name, *cells), width=width)
    notebook.run_all()
    notebook.page.wait_for_function(
        "(number) => document.querySelectorAll('.etcdlearn-stage svg > *').length && "
        "document.querySelectorAll('.etcdlearn-stage').length >= number",
        arg=pictures,
    )
    return notebook


def finished(notebook: Notebook) -> None:
    assert [errors for _, errors in notebook.cells() if errors] == []
    assert notebook.complaints == []
    notebook.ask("client.close(); server.close()")
    notebook.page.close()


def test_another_prefix_is_typed_and_the_ruler_moves(jupyter: Lab) -> None:
    notebook = opened(jupyter, "typed.ipynb", TYPED, pictures=2)
    ruler, one = (notebook.page.locator(f"{STAGE} >> nth={n}") for n in range(2))
    text, other = (notebook.page.locator(f".widget-text input >> nth={n}") for n in range(2))
    ruler.locator("text=2 of 3 keys inside").wait_for()
    text.press("End")
    text.press("Backspace")
    ruler.locator("text=3 of 3 keys inside").wait_for(timeout=1000)
    ruler.locator("text=0x79 + 1 = 0x7a").wait_for(timeout=1000)
    assert "/illusoryxxx" in (ruler.locator("svg").get_attribute("aria-label") or "")
    notebook.screenshot("ruler-typed")
    text.press_sequentially("xxx/干扰")
    ruler.locator("text=0 of 3 keys inside").wait_for(timeout=1000)
    text.fill("")
    ruler.locator("text=An empty key travels as 00;").wait_for(timeout=1000)
    assert notebook.ask("print(repr(ruler))") == "RangeRuler('' prefix, range_end '\\x00', 3 of 3 keys inside)"
    other.fill("")
    one.locator("text=etcd refuses an empty key alone").wait_for(timeout=1000)
    notebook.screenshot("ruler-emptied")
    other.fill("/illusoryxxx")
    one.locator("text=1 of 3 keys inside").wait_for(timeout=1000)
    finished(notebook)


def test_ten_pictures_on_a_page_five_of_them_twice(jupyter: Lab) -> None:
    notebook = opened(jupyter, "ten.ipynb", TEN, pictures=10)
    assert notebook.page.locator(STAGE).count() == 10
    notebook.ask('client.put("/1", "mine")')
    for n in (0, 5):  # the timeline, twice
        mark = notebook.page.locator(f"{STAGE} >> nth={n} >> [role=img][aria-label*='/1']")
        mark.wait_for(state="attached", timeout=1000)
    for n in (2, 7):  # the ruler of /1, twice
        notebook.page.locator(f"{STAGE} >> nth={n} >> text=1 of 4 keys inside").wait_for(state="attached", timeout=1000)
    assert notebook.page.evaluate(OVER) == []
    finished(notebook)


def test_strangers_text_in_every_output(jupyter: Lab) -> None:
    notebook = jupyter.open(write(jupyter, "hostile.ipynb", HOSTILE))
    page = notebook.page
    seen: list[str] = []

    def answer(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda asked: seen.append(asked.url))
    page.on("dialog", answer)
    notebook.run_all()
    page.locator("#last").wait_for(timeout=60_000)
    page.wait_for_function("() => document.querySelectorAll('.etcdlearn-stage svg [role=img]').length > 40")
    assert page.evaluate("() => window.pwned === undefined")
    assert page.evaluate(OVER) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert [each for each in seen if not each.startswith((jupyter.address, "blob:", "data:"))] == []
    assert "etcdlearn.invalid" in str(page.evaluate(OUTPUTS)), "the texts are there"
    page.locator(STAGE).nth(1).scroll_into_view_if_needed()
    notebook.screenshot("hostile")
    finished(notebook)


def test_a_tape_is_torn_and_goes_on_while_no_cell_runs(jupyter: Lab) -> None:
    notebook = opened(jupyter, "tape.ipynb", TORN, pictures=1)
    tape = notebook.page.locator(STAGE)
    notebook.ask('client.put("/illusory/cloud", "rain")')
    tape.locator("[role=img][aria-label*='received revision 5']").wait_for(state="attached", timeout=2000)
    notebook.ask('proxy.refuse(); client.delete("/illusory/cloud"); client.put("/illusory/cloud", "sun")')
    tape.locator("text=etcd wrote 2 revisions since").first.wait_for(timeout=2000)
    tape.locator("text=not connected for 2 s").wait_for(timeout=5000)
    assert tape.locator("[role=img][aria-label*='received revision 6']").count() == 0
    notebook.screenshot("tape-torn")
    notebook.ask("proxy.heal()")
    tape.locator("text=resumes at last seen 5 + 1 = 6").wait_for(timeout=5000)
    tape.locator("text=every revision from 5 to 7 arrived once, in order, and none was missed.").first.wait_for()
    assert notebook.page.evaluate(OVER) == []
    mark = tape.locator("[role=img][aria-label*='received revision 6']")
    mark.focus()
    assert notebook.page.locator(".etcdlearn-tip").inner_text().split("\n") == [
        "received revision 6",
        "delete /illusory/cloud",
    ]
    notebook.screenshot("tape-mended")
    painted = tape.locator("svg").text_content()
    notebook.ask('tape.close(); client.put("/illusory/cloud", "late")')
    assert notebook.ask("print(tape.refresh())").endswith("received 3 revisions, 5 to 7, resumed at 6)")
    assert tape.locator("svg").text_content() == painted
    notebook.ask("away.close(); proxy.close()")
    finished(notebook)


def test_a_lease_burns_down_while_no_cell_runs(jupyter: Lab) -> None:
    notebook = opened(jupyter, "clock.ipynb", BURNING, pictures=1)
    clock = notebook.page.locator(STAGE)
    notebook.ask("renewing = client.keep_alive(0x10)")
    clock.locator("text=a beat every 2 s").wait_for(timeout=2000)
    clock.locator("[role=img][aria-label*='beat at 4']").wait_for(state="attached", timeout=8000)
    mark = clock.locator("[role=img][aria-label*='beat at ']").first
    mark.focus()
    id_, said = notebook.page.locator(".etcdlearn-tip").inner_text().split("\n")
    assert (id_, said[:8], said[-11:]) == ("0000000000000010", "beat at ", ": 6 s again")
    notebook.screenshot("clock-renewed")
    notebook.ask("renewing.close()")
    clock.locator("text=close() ended beats").first.wait_for(timeout=2000)
    clock.locator("text=now 6 s").wait_for(timeout=8000)
    assert mark.evaluate("(mark) => mark === document.activeElement"), "repainting leaves the focus where it is"
    assert notebook.page.evaluate(OVER) == []
    notebook.page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    notebook.screenshot("clock-burning")
    clock.locator("text=expired").first.wait_for(timeout=10_000)
    clock.locator("text=1 key deleted").first.wait_for()
    notebook.screenshot("clock-expired")
    assert notebook.ask("print(clock.refresh())").endswith("10 granted 6 s, 1 key expired at revision 6)")
    finished(notebook)
