// The stage: draws the scene that Python sends, whatever picture it is, and sends back what the reader does.
// Python decides what is drawn (_scene.py); here are only elements, attributes and text from the same two lists, never
// markup. What the stage adds of its own: the cursor while it is dragged, tooltip, focus, and a native range input.

const SVG = "http://www.w3.org/2000/svg";
const TAGS = new Set("svg g rect line circle path text tspan".split(" "));
const ATTRIBUTES = new Set(
  ("x y x1 y1 x2 y2 cx cy r rx width height d dx viewBox fill stroke stroke-width stroke-dasharray stroke-linecap " +
    "stroke-linejoin font-size font-weight font-family text-anchor pointer-events").split(" "),
);
const ROLES = new Set(["fill", "stroke", "font-family"]);
const REST = 2000; // ms between two sentences for a screen reader

const html = (name, className) => Object.assign(document.createElement(name), { className });

function setAttributes(element, attributes) {
  for (const name of element.etcdlearnNames || []) {
    if (!(name in attributes)) ROLES.has(name) ? element.style.removeProperty(name) : element.removeAttribute(name);
  }
  element.etcdlearnNames = Object.keys(attributes).filter((name) => ATTRIBUTES.has(name));
  for (const name of element.etcdlearnNames) {
    const value = attributes[name];
    if (ROLES.has(name)) {
      element.style.setProperty(name, value === "none" ? "none" : `var(--etcdlearn-${value.replace(/[^a-z0-9-]/g, "")})`);
    } else if (element.getAttribute(name) !== value) {
      element.setAttribute(name, value);
    }
  }
}

function setText(element, text) {
  const first = element.firstChild;
  const has = first && first.nodeType === Node.TEXT_NODE;
  if (!text) return has && first.remove();
  if (!has) return element.insertBefore(document.createTextNode(text), first);
  if (first.data !== text) first.data = text;
}

// Make `element` what `scene` says; children are known by key, or by their place among those without one.
function patch(element, scene, fresh) {
  setAttributes(element, scene.a || {});
  setText(element, scene.x || "");
  element.etcdlearnLive = scene.l;
  const parts = (scene.c || []).filter((part) => TAGS.has(part.t));
  const keys = parts.map((part, place) => (part.k ? `${part.t} ${part.k}` : `${part.t} #${place}`));
  const wanted = new Set(keys);
  // First away with what goes: moving what stays would start its animation again.
  for (const child of [...element.children]) if (!wanted.has(child.etcdlearnKey)) child.remove();
  const known = new Map([...element.children].map((child) => [child.etcdlearnKey, child]));
  let after = element.firstChild && element.firstChild.nodeType === Node.TEXT_NODE ? element.firstChild : null;
  parts.forEach((part, place) => {
    const key = keys[place];
    let child = known.get(key);
    if (!child) {
      child = document.createElementNS(SVG, part.t);
      child.etcdlearnKey = key;
      if (part.l && part.l.tip) fresh.push(child);
    }
    patch(child, part, fresh);
    const next = after ? after.nextSibling : element.firstChild;
    if (child !== next) element.insertBefore(child, next);
    after = child;
  });
}

class Stage {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.root = html("div", "etcdlearn-stage");
    this.root.dataset.lmSuppressShortcuts = "true";
    this.svg = this.root.appendChild(document.createElementNS(SVG, "svg"));
    this.svg.setAttribute("role", "group");
    this.range = this.root.appendChild(html("input", ""));
    this.range.type = "range";
    this.thumb = this.root.appendChild(html("div", "etcdlearn-focus"));
    this.tip = html("div", "etcdlearn-tip");
    this.said = this.root.appendChild(html("div", "etcdlearn-said"));
    this.said.setAttribute("role", "status");
    this.said.setAttribute("aria-live", "polite");
    this.current = null; // the mark that Tab reaches
    this.kept = false; // Enter keeps the tooltip open
    this.asked = null; // the slider's value that Python has not drawn yet
    this.lastSaid = 0;
    el.appendChild(this.root);
    this.listen();
    this.draw();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.send("calm", 1);
  }

  listen() {
    const { root, svg, range, model } = this;
    this.redraw = () => this.draw();
    model.on("change:_scene", this.redraw);
    this.sizes = new ResizeObserver(() => this.measure());
    this.sizes.observe(this.el);
    svg.addEventListener("pointerover", (event) => !this.kept && this.showTip(event.target.closest("[role=img]")));
    svg.addEventListener("pointerleave", () => !this.kept && this.showTip(null));
    svg.addEventListener("focusin", (event) => this.focus(event.target.closest("[role=img]")));
    svg.addEventListener("focusout", () => this.showTip(null));
    svg.addEventListener("keydown", (event) => this.onMarkKey(event));
    svg.addEventListener("animationend", (event) => event.target.classList.remove("etcdlearn-new"));
    range.addEventListener("input", () => this.ask(Number(range.value)));
    range.addEventListener("keydown", (event) => this.onRangeKey(event));
  }

  destroy() {
    this.model.off("change:_scene", this.redraw);
    this.sizes.disconnect();
    clearTimeout(this.later);
    cancelAnimationFrame(this.frame);
    this.root.remove();
  }

  send(event, ref) {
    this.model.send({ event, ref });
  }

  measure() {
    const room = this.el.clientWidth - 2; // without the border
    const width = Math.min(Math.max(Math.floor(room / 20) * 20, 400), 1000);
    if (room > 0 && width !== this.width) this.send("width", (this.width = width));
  }

  draw() {
    const scene = this.model.get("_scene");
    if (!scene || scene.t !== "svg") return;
    const first = !this.svg.firstChild;
    const fresh = [];
    patch(this.svg, scene, fresh);
    this.svg.setAttribute("aria-label", scene.l.label);
    this.root.style.width = `${scene.a.width}px`;
    this.dressMarks();
    if (!first && fresh.length === 1) fresh[0].classList.add("etcdlearn-new");
    this.placeRange();
    this.say(scene.l.caption);
    if (this.tip.isConnected && (!this.tipOf || !this.tipOf.isConnected)) this.showTip(null);
  }

  marks() {
    return [...this.svg.querySelectorAll("g")].filter((group) => group.etcdlearnLive && group.etcdlearnLive.tip);
  }

  dressMarks() {
    const marks = this.marks();
    if (!marks.includes(this.current)) this.current = marks[marks.length - 1] || null;
    for (const mark of marks) {
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", mark.etcdlearnLive.tip.join(", "));
      mark.setAttribute("tabindex", mark === this.current ? "0" : "-1");
    }
  }

  focus(mark) {
    if (!mark) return;
    if (this.current) this.current.setAttribute("tabindex", "-1");
    this.current = mark;
    mark.setAttribute("tabindex", "0");
    this.kept = false;
    this.showTip(mark);
  }

  // Arrows go to the nearest mark on that side; Home and End to the first and the last.
  onMarkKey(event) {
    const marks = this.marks();
    const box = (mark) => mark.querySelector("rect:last-of-type").getBBox();
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Escape") this.showTip((this.kept = null));
    else if (event.key === "Enter") this.showTip(this.current, (this.kept = !this.kept));
    else if (event.key === "Home") marks[0].focus();
    else if (event.key === "End") marks[marks.length - 1].focus();
    else if (steps[event.key]) {
      const [dx, dy] = steps[event.key];
      const from = box(this.current);
      const far = (mark) => {
        const to = box(mark);
        const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
        const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
        return along > 1 ? along + 3 * aside : Infinity;
      };
      const next = marks.reduce((best, mark) => (far(mark) < far(best) ? mark : best), this.current);
      if (next !== this.current) next.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  showTip(mark) {
    this.tipOf = mark;
    if (!mark) return this.tip.remove();
    this.tip.replaceChildren(
      ...mark.etcdlearnLive.tip.map((line) => Object.assign(document.createElement("div"), { textContent: line })),
    );
    this.root.appendChild(this.tip);
    const box = mark.querySelector("rect:last-of-type").getBBox();
    const below = box.y + box.height + 4;
    const fits = below + this.tip.offsetHeight < this.root.clientHeight;
    this.tip.style.left = `${Math.max(Math.min(box.x, this.root.clientWidth - this.tip.offsetWidth - 8), 8)}px`;
    this.tip.style.top = `${fits ? below : Math.max(box.y - this.tip.offsetHeight - 4, 4)}px`;
  }

  part(name) {
    return [...this.svg.children].find((child) => child.etcdlearnLive && name in child.etcdlearnLive);
  }

  placeRange() {
    const track = this.part("slider");
    this.range.hidden = !track;
    if (!track) return;
    const { slider, box, name } = track.etcdlearnLive;
    const [least, most, value] = slider;
    Object.assign(this.range, { min: least, max: most, step: 1 });
    Object.assign(this.range.style, {
      left: `${box[0] - 9}px`,
      width: `${box[1] - box[0] + 18}px`,
      top: `${box[2] - 12}px`,
    });
    this.range.setAttribute("aria-label", name);
    if (value === this.asked) this.asked = null;
    if (this.asked === null) this.range.value = value;
    this.moveCursor(Number(this.range.value));
  }

  onRangeKey(event) {
    const step = { PageUp: 10, PageDown: -10 }[event.key];
    if (step) {
      this.range.value = Number(this.range.value) + step;
      this.ask(Number(this.range.value));
      event.preventDefault();
    }
    event.stopPropagation();
  }

  // Once a frame at most; Python draws the newest value that it was asked for.
  ask(value) {
    this.asked = value;
    this.moveCursor(value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.send("cursor", value));
  }

  // The drawn cursor follows the slider at once; the answers follow when the server gave them.
  moveCursor(value) {
    const cursor = this.part("cursor");
    const track = this.part("slider");
    if (!cursor || !track) return;
    const { cursor: drawn, step } = cursor.etcdlearnLive;
    const shift = (value - drawn) * step;
    shift ? cursor.setAttribute("transform", `translate(${shift},0)`) : cursor.removeAttribute("transform");
    const number = cursor.querySelector("text");
    if (shift) number.firstChild.data = String(value);
    this.range.setAttribute("aria-valuetext", track.etcdlearnLive.value.replace("{revision}", value));
    const [start, end, y] = track.etcdlearnLive.box;
    const [least, most] = track.etcdlearnLive.slider;
    const share = most > least ? (value - least) / (most - least) : 0;
    Object.assign(this.thumb.style, { left: `${start + share * (end - start) - 12}px`, top: `${y - 12}px` });
  }

  say(caption) {
    clearTimeout(this.later);
    const wait = Math.max(this.lastSaid + REST - Date.now(), 0);
    this.later = setTimeout(() => {
      if (this.said.textContent !== caption) this.said.textContent = caption;
      this.lastSaid = Date.now();
    }, wait);
  }
}

function render({ model, el }) {
  const stage = new Stage(model, el);
  return () => stage.destroy();
}

export default { render };
