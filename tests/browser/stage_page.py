"""A bare page with the stage in it, as anywidget would start it: a scene in, a drawing out."""

import json

from playwright.sync_api import Browser, Page

from etcdlearn.widgets._stage import HERE, Stage

PAGE = """<!doctype html><meta charset="utf-8"><body><div id="here"></div><script type="module">
const url = URL.createObjectURL(new Blob([%s], {type: 'text/javascript'}));
const stage = (await import(url)).default;
window.sent = []; window.ran = []; window.alert = (x) => window.ran.push(x);
const listeners = [];
window.model = { scene: null, get: () => model.scene, send: (m) => sent.push(m),
  on: (_, f) => listeners.push(f), off: (_, f) => listeners.splice(listeners.indexOf(f), 1) };
window.show = (scene) => { model.scene = scene; listeners.forEach((f) => f()); };
window.open_ = () => { window.cleanup = stage.render({model, el: document.getElementById('here')}); };
window.listening = () => listeners.length;
window.tree = (el = document.querySelector('.etcdlearn-stage svg')) => {
  const attrs = {};
  for (const {name, value} of el.attributes) if (!['style', 'class'].includes(name)) attrs[name] = value;
  for (const name of ['fill', 'stroke', 'font-family']) {
    const value = el.style.getPropertyValue(name); if (value) attrs[name] = value; }
  const text = el.firstChild && el.firstChild.nodeType === 3 ? el.firstChild.data : '';
  return [el.tagName, attrs, text, [...el.children].map(tree)];
};
window.ready = true;
</script>"""


def open_stage(chromium: Browser) -> Page:
    """The page, ready for ``show(scene)``."""
    opened = chromium.new_page(viewport={"width": 1100, "height": 900})
    opened.set_content(PAGE % json.dumps((HERE / "stage.js").read_text(encoding="utf-8")))
    opened.add_style_tag(content=Stage._css)
    opened.wait_for_function("() => window.ready")
    opened.evaluate("() => open_()")
    return opened
