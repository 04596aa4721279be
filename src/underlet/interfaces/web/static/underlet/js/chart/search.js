// @ts-check
/**
 * What a search finds, and what each closed branch holds of it: pure functions.
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Tree} Tree
 * @typedef {{text: string, hits: Node[], found: Set<Node>, below: Map<Node, number>,
 *   direct: Map<Node, number>}} Found
 *   hits: in the order of the chart. below: how many hits lie below a unit, direct: how many of these are customers
 *   of its own; for units with any.
 */
import { walk } from "./layout.js";

/**
 * Units whose name, display name or code holds the text, in any case; null = nothing is searched.
 * @param {Tree} tree @param {string} text @param {Set<string>} [inside] ids of units that the server found by what
 * they hold, such as an account @returns {Found | null}
 */
export function find(tree, text, inside) {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return null;
  const hits = walk(tree.root).filter((one) => one.key.includes(wanted) || inside?.has(one.unit.id));
  const [below, direct] = [new Map(), new Map()];
  for (const hit of hits) {
    for (let above = hit.parent; above !== null; above = above.parent) below.set(above, (below.get(above) ?? 0) + 1);
    if (hit.unit.kind === "customer") direct.set(hit.parent, (direct.get(hit.parent) ?? 0) + 1);
  }
  return { text, hits, found: new Set(hits), below, direct };
}

/** The hit after (1) or before (−1) the present one, round and round. @param {Found} found @param {Node | null} now @param {1 | -1} step */
export function next(found, now, step) {
  const { hits } = found;
  const at = now === null ? -1 : hits.indexOf(now);
  if (at < 0) return hits[step > 0 ? 0 : hits.length - 1] ?? null;
  return hits[(at + step + hits.length) % hits.length] ?? null;
}

/** Whether a unit stands back: something is searched, and neither it matches nor is it selected. @param {Found | null} found @param {Node} one @param {Node | null} selected */
export const isGrey = (found, one, selected) => found !== null && one !== selected && !found.found.has(one);

/** Hits that do not stand in the chart because a card is closed or its customers are folded. @param {Found} found @param {Node} one */
export function hidden(found, one) {
  const direct = found.direct.get(one) ?? 0;
  return (one.isOpen ? 0 : (found.below.get(one) ?? 0) - direct) + (one.shows ? 0 : direct);
}
