// @ts-check
/**
 * What lies under a point, which unit an arrow key leads to, and where a unit may go: pure functions.
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Tree} Tree
 */
import { CARD, TILE } from "./layout.js";

/** The first of siblings, ordered by top, whose subtree ends below y. @param {Node[]} nodes @param {number} y */
export function firstBelow(nodes, y) {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = /** @type {Node} */ (nodes[middle]);
    if (one.top + one.height < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The node at a point of the chart and the part of it; null = empty space. The right end of a card opens and closes
 * its branch, the line with the number of customers shows them.
 * @param {Tree} tree @param {number} x @param {number} y
 * @returns {{one: Node, part: "card" | "toggle" | "customers"} | null}
 */
export function at(tree, x, y) {
  /** @type {Node | undefined} */
  let one = tree.root;
  while (one !== undefined) {
    if (x >= one.x && x <= one.x + CARD.width && Math.abs(y - one.y) <= CARD.height / 2) {
      if (one.organizations.length > 0 && x > one.x + CARD.width - 52) return { one, part: "toggle" };
      return { one, part: one.total > 0 && y > one.y + 3 && x < one.x + 150 ? "customers" : "card" };
    }
    const tile = one.shows
      ? one.customers.find((each) => x >= each.x && x <= each.x + TILE.width && Math.abs(y - each.y) <= TILE.height / 2)
      : undefined;
    if (tile !== undefined) return { one: tile, part: "card" };
    /** @type {Node[]} */
    const children = one.isOpen ? one.organizations : [];
    const next = children[firstBelow(children, y)];
    one = next !== undefined && next.top <= y ? next : undefined;
  }
  return null;
}

/** What stands beside a node, itself included. @param {Node} one */
const siblings = (one) =>
  one.parent === null ? [one] : [...(one.parent.isOpen ? one.parent.organizations : []), ...(one.parent.shows ? one.parent.customers : [])];

/**
 * What an arrow key does: the node to go to, or what it opens or closes; null = nothing.
 * @param {Node} one @param {string} key
 * @returns {{to: Node} | {open: boolean} | {show: boolean} | null}
 */
export function step(one, key) {
  if (key === "ArrowUp" || key === "ArrowDown") {
    const row = siblings(one);
    const to = row[row.indexOf(one) + (key === "ArrowUp" ? -1 : 1)];
    return to === undefined ? null : { to };
  }
  if (key === "ArrowLeft") {
    if (one.isOpen) return { open: false };
    if (one.shows) return { show: false };
    return one.parent === null ? null : { to: one.parent };
  }
  if (one.organizations.length > 0 && !one.isOpen) return { open: true };
  if (one.organizations.length === 0 && one.total > 0 && !one.shows) return { show: true };
  const to = one.organizations[0] ?? (one.shows ? one.customers[0] : undefined);
  return to === undefined ? null : { to };
}

/** Levels that a unit and what is below it take; a customer that is not loaded counts. @param {Node} one @returns {number} */
export const levelsOf = (one) => 1 + Math.max(one.total > 0 ? 1 : 0, ...one.organizations.map(levelsOf));

/**
 * Whether a unit may go below another: an organization, not its parent, not in its own branch, not too deep.
 * @param {Node} one @param {Node} parent @param {number} deepest the level of the deepest parent that its branch fits below
 */
export function mayMove(one, parent, deepest) {
  if (one.parent === null || parent.unit.kind !== "organization" || parent === one.parent || parent.level > deepest) return false;
  for (let above = /** @type {Node | null} */ (parent); above !== null; above = above.parent) if (above === one) return false;
  return true;
}
