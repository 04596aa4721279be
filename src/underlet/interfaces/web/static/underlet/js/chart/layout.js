// @ts-check
/**
 * The tree of the structure chart and the place of every card: pure functions over plain objects, CSS pixels at
 * zoom 1. Customers are folded into their organization's card, so a level with 75 customers stays one card.
 *
 * @typedef {{id: string, kind: string, name: string, parent_id: string | null, children: number,
 *   depth?: number, display_name?: string, code?: string, is_removed?: boolean}} Unit  a row of the public list of units
 * @typedef {{unit: Unit, key: string, parent: Node | null, level: number, organizations: Node[], customers: Node[],
 *   total: number, isOpen: boolean, shows: boolean, x: number, y: number, top: number, height: number,
 *   middle: number}} Node
 *   key: name in lower case. total: customers directly below, loaded or not. shows: its customers stand as tiles
 *   below its card. x, y: left and middle of the card, or of a tile. top, height: what its subtree occupies.
 *   middle: y − top.
 * @typedef {{root: Node, nodes: Map<string, Node>}} Tree
 * @typedef {{x: number, y: number, zoom: number, width: number, height: number}} View
 *   x, y: the point of the chart in the upper left corner; width, height: of the canvas in CSS pixels.
 */

export const CARD = { width: 212, height: 54, radius: 10 };
export const PITCH = { x: 276, y: 64 };
export const TILE = { width: 168, height: 28, gap: 6, columns: 3 };
export const ZOOM = { least: 0.01, most: 3, fit: 0.16 };

/** @param {Unit} unit @returns {Node} */
const node = (unit) => ({
  unit, key: `${unit.name} ${unit.display_name ?? ""} ${unit.code ?? ""}`.toLowerCase(), parent: null, level: 0,
  organizations: [], customers: [], total: 0, isOpen: false, shows: false, x: 0, y: 0, top: 0, height: 0, middle: 0,
});

/**
 * The tree of a list of units in any order. Units whose parent is not in the list are left out, the root excepted.
 * @param {Unit[]} units @param {string} top id of the root @returns {Tree}
 */
export function build(units, top) {
  const nodes = new Map(units.map((unit) => [unit.id, node(unit)]));
  const root = nodes.get(top);
  if (root === undefined) throw new Error("the root is not in the list");
  const tree = { root, nodes };
  for (const one of nodes.values()) if (one !== root) hang(tree, one);
  for (const one of walk(root)) {
    one.level = one === root ? (one.unit.depth ?? 1) : (one.parent?.level ?? 0) + 1;
    one.organizations.sort(byName);
    one.customers.sort(byName);
    one.total = one.unit.children - one.organizations.length;
  }
  return tree;
}

/** Add units below nodes that are there already. @param {Tree} tree @param {Unit[]} units */
export function extend(tree, units) {
  const parents = new Set();
  for (const unit of units) {
    if (tree.nodes.has(unit.id)) continue;
    const one = node(unit);
    tree.nodes.set(unit.id, one);
    hang(tree, one);
    if (one.parent === null) continue;
    one.level = one.parent.level + 1;
    parents.add(one.parent);
  }
  for (const parent of parents) parent.customers.sort(byName);
}

/** @param {Tree} tree @param {Node} one */
function hang(tree, one) {
  const parent = one.unit.parent_id === null ? undefined : tree.nodes.get(one.unit.parent_id);
  if (parent === undefined) return;
  one.parent = parent;
  (one.unit.kind === "customer" ? parent.customers : parent.organizations).push(one);
}

/** @param {Node} a @param {Node} b */
const byName = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/**
 * Everything below a node, itself first, in the order of the chart; without recursion, so that depth is no limit.
 * @param {Node} root @param {(one: Node) => Node[]} [below] @returns {Node[]}
 */
export function walk(root, below = (one) => [...one.organizations, ...one.customers]) {
  const found = [];
  const waiting = [root];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    found.push(one);
    const next = below(one);
    for (let i = next.length - 1; i >= 0; i -= 1) waiting.push(/** @type {Node} */ (next[i]));
  }
  return found;
}

/** Organizations that stand in the chart now. @param {Node} root */
export const standing = (root) => walk(root, (one) => (one.isOpen ? one.organizations : []));

/** Units in a closed branch, loaded or not. @param {Node} root */
export const countBelow = (root) =>
  walk(root, (one) => one.organizations).reduce((sum, one) => sum + one.unit.children, 0);

/** Open branches, those with most organizations below first, while about `most` cards stand. @param {Tree} tree @param {number} [most] */
export function openFirst(tree, most = 48) {
  const sizes = new Map();
  for (const one of walk(tree.root, (each) => each.organizations).reverse())
    sizes.set(one, one.organizations.reduce((sum, below) => sum + sizes.get(below), 1));
  const closed = [tree.root];
  for (let cards = 1; closed.length > 0; ) {
    closed.sort((a, b) => sizes.get(a) - sizes.get(b));
    const one = /** @type {Node} */ (closed.pop());
    if (one.organizations.length === 0 || (one !== tree.root && cards + one.organizations.length > most)) continue;
    one.isOpen = true;
    cards += one.organizations.length;
    // A level wider than the whole budget is not looked into: opening its branches would only add to the excess.
    if (cards < most) closed.push(...one.organizations);
  }
}

/** Tiles below a card: three columns where its right side is free, else one. @param {Node} one */
export const columnsOf = (one) => (one.isOpen && one.organizations.length > 0 ? 1 : TILE.columns);

/** Height of the tiles below a card. @param {Node} one */
const tilesHeight = (one) =>
  one.shows ? Math.ceil(one.customers.length / columnsOf(one)) * (TILE.height + TILE.gap) + TILE.gap : 0;

/**
 * Give every standing card and tile its place. A parent is centred between its first and last open child; each
 * subtree keeps its rows for itself, tiles included.
 * @param {Tree} tree
 */
export function place(tree) {
  const order = standing(tree.root);
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const one = /** @type {Node} */ (order[i]);
    const children = one.isOpen ? one.organizations : [];
    const first = children[0];
    const last = children[children.length - 1];
    one.height = PITCH.y;
    one.middle = PITCH.y / 2;
    if (first !== undefined && last !== undefined) {
      one.height = children.reduce((sum, child) => sum + child.height, 0);
      one.middle = (first.middle + one.height - last.height + last.middle) / 2;
    }
    one.height = Math.max(one.height, one.middle + PITCH.y / 2 + tilesHeight(one));
  }
  tree.root.top = 0;
  for (const one of order) {
    one.x = (one.level - tree.root.level) * PITCH.x;
    one.y = one.top + one.middle;
    let top = one.top;
    if (one.isOpen) for (const child of one.organizations) [child.top, top] = [top, top + child.height];
    if (!one.shows) continue;
    const columns = columnsOf(one);
    one.customers.forEach((tile, i) => {
      tile.x = one.x + (i % columns) * (TILE.width + TILE.gap);
      tile.y = one.y + CARD.height / 2 + TILE.gap + Math.floor(i / columns) * (TILE.height + TILE.gap) + TILE.height / 2;
    });
  }
}

/** The width and height of what stands. @param {Tree} tree @returns {[number, number]} */
export function extent(tree) {
  let width = CARD.width;
  for (const one of standing(tree.root)) {
    const tiles = one.shows ? Math.min(columnsOf(one), one.customers.length) * (TILE.width + TILE.gap) - TILE.gap : 0;
    width = Math.max(width, one.x + Math.max(CARD.width, tiles));
  }
  return [width, tree.root.height];
}

/** The view that shows everything; where that is smaller than `least`, the root. @param {Tree} tree @param {View} view @param {number} [least] */
export function fit(tree, view, least = ZOOM.fit) {
  const [width, height] = extent(tree);
  const zoom = Math.min((view.width - 48) / width, (view.height - 48) / height, 1);
  if (zoom >= least)
    return { ...view, zoom, x: (width - view.width / zoom) / 2, y: (height - view.height / zoom) / 2 };
  return { ...view, zoom: 1, x: -24, y: tree.root.y - view.height / 2 };
}

/** The view zoomed by a factor around a point of the canvas. @param {View} view @param {number} factor @param {number} px @param {number} py */
export function zoomAt(view, factor, px, py) {
  const zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, view.zoom * factor));
  return { ...view, zoom, x: view.x + px / view.zoom - px / zoom, y: view.y + py / view.zoom - py / zoom };
}

/** The view with a node in its middle, readable. @param {View} view @param {Node} one @param {number} [least] */
export function centred(view, one, least = 0.8) {
  const zoom = Math.max(view.zoom, least);
  const width = one.unit.kind === "customer" ? TILE.width : CARD.width;
  return { ...view, zoom, x: one.x + width / 2 - view.width / zoom / 2, y: one.y - view.height / zoom / 2 };
}

/** Open the way to a node, its tile included. @param {Node} one */
export function reveal(one) {
  if (one.unit.kind === "customer" && one.parent !== null) one.parent.shows = true;
  const first = one.unit.kind === "customer" ? one.parent?.parent : one.parent;
  for (let above = first ?? null; above !== null; above = above.parent) above.isOpen = true;
}
