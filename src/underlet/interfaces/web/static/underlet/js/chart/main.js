// @ts-check
/**
 * The structure chart on its page: reads the units by the public API, holds what is open, selected and searched, and
 * leads to pages for everything that changes something. It writes nothing.
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Unit} Unit
 * @typedef {{top: string, api: string, levels: number, finds_accounts: boolean, words: Record<string, string[]>,
 *   past: {as_of: string} | null}} Config  past: the day that is shown, null = the present
 * @typedef {{owner: {id: string} | null}} SubAccount  what the chart needs of one
 */
import { lookOf, paint } from "./draw.js";
import { at, levelsOf, mayMove, step } from "./hit.js";
import { listen } from "./input.js";
import { build, centred, countBelow, extend, fit, openFirst, place, reveal, zoomAt } from "./layout.js";
import { find, next } from "./search.js";

const [ALL_AT_ONCE, MOST_HITS] = [5000, 300];
const [NARROW, READABLE] = [600, 0.6]; // a narrow screen begins at the root rather than with cards too small to read

/**
 * The first pages of a list together; `each` is told of every page.
 * @template T @param {string} address @param {Record<string, string>} filters @param {number} [most]
 * @param {(items: T[]) => void} [each] @returns {Promise<T[]>}
 */
async function list(address, filters, most = Infinity, each = () => {}) {
  /** @type {T[]} */
  const rows = [];
  for (let after = ""; after !== null && rows.length < most; ) {
    const answer = await fetch(`${address}?${new URLSearchParams({ limit: "100", ...filters, ...(after && { after }) })}`);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    const page = await answer.json();
    rows.push(...page.items);
    each(page.items);
    after = page.next;
  }
  return rows;
}

/** @param {HTMLElement} host */
async function mount(host) {
  /** @template {HTMLElement} T @param {string} name @param {new () => T} kind @returns {T} */
  const part = (name, kind) => {
    const found = host.querySelector(`[data-part="${name}"]`);
    if (!(found instanceof kind)) throw new Error(`the page has no ${name}`);
    return found;
  };
  const [canvas, box, side] = [part("canvas", HTMLCanvasElement), part("search", HTMLInputElement), part("side", HTMLElement)];
  const [status, live] = [part("status", HTMLElement), part("live", HTMLElement)];
  const parents = /** @type {HTMLSelectElement | null} */ (host.querySelector("select")); // null: may not move
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Config} */
  const config = JSON.parse(document.getElementById("chart-config")?.textContent ?? "");
  const language = document.documentElement.lang;
  const plural = new Intl.PluralRules(language);
  const count = (/** @type {string} */ word, /** @type {number} */ n) =>
    (config.words[word]?.[plural.select(n) === "one" ? 0 : 1] ?? "").replace("{n}", n.toLocaleString(language));
  const units = `${config.api}/units/${config.top}/${config.past ? "past" : "units"}`;
  const asked = new URLSearchParams(location.search);

  status.textContent = count("loading", 0);
  /** @type {Unit[]} */
  const organizations = await list(units, { kind: "organization", ...config.past });
  const isCustomer = !organizations.some((unit) => unit.id === config.top);
  const tree = build(isCustomer ? await list(units, { ...config.past }) : organizations, config.top);
  const isComplete = countBelow(tree.root) < ALL_AT_ONCE;
  openFirst(tree);
  place(tree);
  /** @type {import("./draw.js").Scene} */
  const scene = { selected: null, found: null, focused: false, drag: null };
  let view = { x: 0, y: 0, zoom: 1, width: 1, height: 1 };
  let look = lookOf(host, count);
  /** @type {Set<string>} */
  let inside = new Set();
  let isCut = false; // whether the server has more hits than it was asked for
  let frame = 0;

  const draw = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint(pen, tree, view, scene, look);
    });
  };
  const show = (/** @type {typeof view} */ wanted) => ((view = wanted), draw());
  const zoom = (/** @type {number} */ factor, x = view.width / 2, y = view.height / 2) => show(zoomAt(view, factor, x, y));
  const pan = (/** @type {number} */ dx, /** @type {number} */ dy) => show({ ...view, x: view.x - dx / view.zoom, y: view.y - dy / view.zoom });
  const under = (/** @type {number} */ x, /** @type {number} */ y) => at(tree, view.x + x / view.zoom, view.y + y / view.zoom);
  const remember = () => {
    const address = new URL(location.href);
    for (const [name, value] of [["q", box.value], ["sel", scene.selected?.unit.id]])
      value ? address.searchParams.set(name ?? "", value) : address.searchParams.delete(name ?? "");
    history.replaceState(history.state, "", address);
  };
  const facts = (/** @type {Node} */ one) =>
    [count("level", one.level), ...(one.total ? [count("customers", one.total)] : []), ...(one.organizations.length ? [count("organizations", one.organizations.length)] : [])].join(" · ");
  const say = (/** @type {Node} */ one) => {
    const state = one.organizations.length === 0 ? [] : [count(one.isOpen ? "opened" : "closed", 0)];
    live.textContent = [one.unit.name, count(one.unit.kind, 0), facts(one), ...state, ...(one.shows ? [count("shown", one.total)] : [])].join(", ");
  };

  const select = (/** @type {Node | null} */ one) => {
    scene.selected = one;
    side.hidden = one === null;
    draw();
    remember();
    if (one === null) return;
    say(one);
    const texts = { kind: count(one.unit.kind, 0), name: one.unit.name, facts: [one.unit.display_name, facts(one)].filter(Boolean).join(" · ") };
    for (const [name, text] of Object.entries(texts)) part(name, HTMLElement).textContent = text;
    for (const link of side.querySelectorAll("a")) [link.href, link.hidden] = [(link.dataset["href"] ?? "").replace("UNIT", one.unit.id), one.unit.is_removed ?? false];
    for (const only of side.querySelectorAll("[data-only]"))
      if (only instanceof HTMLElement) only.hidden = only.dataset["only"] === "below" ? one.parent === null : one.unit.kind !== only.dataset["only"];
    if (parents === null || one.parent === null) return;
    parents.dataset["picker"] = `${config.api}/units/${one.unit.id}/parents`;
    parents.replaceChildren(new Option(one.parent.unit.name, one.parent.unit.id));
    parents.dispatchEvent(new Event("input"));
  };
  /** Do something to a card that changes the layout; the card stays where it is. @param {Node} one @param {() => void} change */
  const keep = (one, change) => {
    const { x, y } = one;
    change();
    place(tree);
    show({ ...view, x: view.x + one.x - x, y: view.y + one.y - y });
    if (one === scene.selected) say(one);
  };
  const showCustomers = async (/** @type {Node} */ one, /** @type {boolean} */ wanted) => {
    if (one.total === 0) return;
    const [below, past] = config.past ? [units, { ...config.past, below: one.unit.id, direct: "true" }] : [`${config.api}/units/${one.unit.id}/children`, {}];
    if (wanted && one.customers.length < one.total) extend(tree, await list(below, { kind: "customer", ...past }));
    keep(one, () => (one.shows = wanted));
  };
  /** Open the way to a unit and go there; beside a customer that was found stand all of its parent's. @param {Node} one */
  const goTo = (one, least = 0.8) => {
    reveal(one);
    place(tree);
    show(centred(view, one, least));
    select(one);
    if (one.unit.kind === "customer" && one.parent !== null) showCustomers(one.parent, true).then(() => lookAt(one)); // where it stands among the others
  };
  const lookAt = (/** @type {Node} */ one) => {
    const [x, y] = [(one.x - view.x) * view.zoom, (one.y - view.y) * view.zoom];
    if (x < 8 || y < 30 || x > view.width - 220 * view.zoom || y > view.height - 40) show(centred(view, one, view.zoom));
  };
  const search = () => {
    scene.found = find(tree, box.value, inside);
    status.textContent = scene.found === null ? count("units", 1 + countBelow(tree.root)) : count(isCut ? "more" : "hits", scene.found.hits.length);
    draw();
  };
  const hunt = (/** @type {1 | -1} */ way) => {
    const one = scene.found === null ? null : next(scene.found, scene.selected, way);
    if (one === null || scene.found === null) return;
    goTo(one);
    status.textContent = `${scene.found.hits.indexOf(one) + 1} / ${count(isCut ? "more" : "hits", scene.found.hits.length)}`;
  };
  /** What units hold, and units that are not loaded: from the server, when typing pauses. */
  const ask = async () => {
    const q = box.value.trim();
    /** @type {[SubAccount[], Unit[]]} */
    const [accounts, named] = await Promise.all([
      q && config.finds_accounts ? list(`${config.api}/units/${config.top}/sub-accounts`, { q }, MOST_HITS) : [],
      q && !isComplete && !config.past ? list(units, { q }, MOST_HITS) : [],
    ]);
    if (q !== box.value.trim()) return;
    inside = new Set(accounts.flatMap((account) => (account.owner === null ? [] : [account.owner.id])));
    const absent = [...inside].filter((id) => !tree.nodes.has(id)).slice(0, 20); // customers that are not loaded
    /** @type {Unit[][]} */
    const held = await Promise.all(absent.map((id) => list(`${config.api}/units/${id}/units`, {}, 1)));
    isCut = Math.max(accounts.length, named.length) >= MOST_HITS;
    extend(tree, [...named, ...held.flat()]);
    place(tree);
    search();
  };

  /** The page that shows what a move does and asks for Confirm. @param {Node} one @param {string} parent */
  const toMove = (one, parent) => location.assign(`${host.dataset["move"]?.replace("UNIT", one.unit.id)}&parent=${parent}`);

  const keys = (/** @type {string} */ key) => {
    const one = scene.selected ?? tree.root;
    if (key === "+" || key === "=") zoom(1.2);
    else if (key === "-") zoom(1 / 1.2);
    else if (key === "Home") show(fit(tree, view));
    else if (key === " ") showCustomers(one, !one.shows);
    else if (key === "Enter") side.querySelector("a")?.focus();
    else if (key.startsWith("Arrow")) {
      const to = scene.selected === null ? { to: one } : step(one, key);
      if (to !== null && "to" in to) select(to.to), lookAt(to.to);
      else if (to !== null && "open" in to) keep(one, () => (one.isOpen = to.open));
      else if (to !== null) showCustomers(one, to.show);
    } else return false;
    return true;
  };
  const letGo = () => ((scene.drag = null), draw());
  listen(canvas, {
    zoom, pan, key: keys, abort: letGo,
    press: (x, y) => {
      scene.drag = null;
      const hit = under(x, y);
      if (hit?.part === "toggle") keep(hit.one, () => (hit.one.isOpen = !hit.one.isOpen));
      else select(hit?.one ?? null);
      if (hit?.part === "customers") showCustomers(hit.one, !hit.one.shows);
    },
    mayDrag: (x, y) => {
      const one = parents === null ? undefined : under(x, y)?.one;
      if (one?.parent) scene.drag = { one, target: null, levels: levelsOf(one), x: NaN, y: NaN };
      return scene.drag !== null;
    },
    drag: (x, y) => {
      const { drag } = scene;
      if (drag === null) return;
      [drag.x, drag.y] = [view.x + x / view.zoom, view.y + y / view.zoom];
      const target = under(x, y)?.one;
      drag.target = target !== undefined && mayMove(drag.one, target, config.levels - drag.levels) ? target : null;
      draw();
    },
    drop: () => {
      const { one, target } = scene.drag ?? {};
      letGo();
      if (one && target) toMove(one, target.unit.id);
    },
  });
  host.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("[data-do]") : null;
    const does = pressed instanceof HTMLElement ? pressed.dataset["do"] ?? "" : "";
    if (does === "next" || does === "before") hunt(does === "next" ? 1 : -1);
    else if (does === "move" && scene.selected !== null && parents?.value) toMove(scene.selected, parents.value);
    else if (does === "centre") show(centred(view, scene.selected ?? tree.root));
    else if (does.startsWith("pan")) pan({ "pan-left": 120, "pan-right": -120 }[does] ?? 0, { "pan-up": 120, "pan-down": -120 }[does] ?? 0);
    else if (does) keys(does);
  });
  let pause = 0;
  box.addEventListener("input", () => {
    [inside, isCut] = [new Set(), false];
    search();
    remember();
    clearTimeout(pause);
    pause = setTimeout(ask, 250);
  });
  for (const form of host.querySelectorAll("form")) form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("keydown", (event) => event.key === "Enter" && hunt(event.shiftKey ? -1 : 1));
  const focus = (/** @type {Event} */ event) => ((scene.focused = event.type === "focus"), draw());
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, focus);
  const size = () => {
    const isFirst = view.width === 1;
    [canvas.width, canvas.height] = [Math.round(canvas.clientWidth * devicePixelRatio), Math.round(canvas.clientHeight * devicePixelRatio)];
    view = { ...view, width: canvas.clientWidth, height: canvas.clientHeight };
    show(isFirst ? fit(tree, view, view.width < NARROW ? READABLE : undefined) : view);
  };
  const repaint = () => ((look = lookOf(host, count)), draw());
  new ResizeObserver(size).observe(canvas);
  addEventListener("resize", size); // the pixel ratio changes without the canvas' own size
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });

  size();
  box.value = asked.get("q") ?? "";
  const wanted = asked.get("sel") ?? "";
  const pick = () => {
    const one = tree.nodes.get(wanted);
    if (one !== undefined && scene.selected === null) goTo(one, Math.max(view.zoom, READABLE));
  };
  pick();
  search();
  if (isComplete && !isCustomer)
    await list(units, { kind: "customer", ...config.past }, Infinity, (/** @type {Unit[]} */ items) => {
      extend(tree, items);
      place(tree);
      search();
    });
  if (wanted !== "" && !config.past && !tree.nodes.has(wanted)) extend(tree, await list(`${config.api}/units/${wanted}/units`, {}, 1).catch(() => []));
  pick();
  await ask();
  host.dataset["ready"] = "";
}

for (const host of document.querySelectorAll("[data-chart]"))
  if (host instanceof HTMLElement)
    mount(host).catch((error) => {
      host.dataset["failed"] = "";
      console.error(error);
    });
