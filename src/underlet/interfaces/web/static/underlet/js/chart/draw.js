// @ts-check
/**
 * Painting the chart on a canvas. Only what the view shows is visited, so a frame costs what is visible.
 * @typedef {import("./layout.js").Node} Node
 * @typedef {import("./layout.js").Tree} Tree
 * @typedef {import("./layout.js").View} View
 * @typedef {import("./search.js").Found} Found
 * @typedef {{selected: Node | null, found: Found | null, focused: boolean,
 *   drag: {one: Node, target: Node | null, levels: number, x: number, y: number} | null}} Scene
 * @typedef {{colors: Record<string, string>, font: string, cut: Map<string, string>,
 *   count: (word: string, n: number) => string}} Look  cut: texts shortened so far, by what they were shortened for.
 * @typedef {CanvasRenderingContext2D} Pen
 */
import { firstBelow } from "./hit.js";
import { CARD, PITCH, TILE } from "./layout.js";
import { hidden, isGrey } from "./search.js";

export const GREY = 0.55; // what a search greys stays readable
const FULL = 30; // pixels of a card's height from which all its text can be read; below, its name alone (ADR-0020)
const MARGIN = 80;
const TOKENS = ["line", "line-strong", "text", "muted", "surface", "raised", "brand-soft", "brand-ink", "brand-fill", "on-fill", "warn", "warn-soft"];

/** Colours and font as the page has them now. @param {HTMLElement} within @param {Look["count"]} count @returns {Look} */
export function lookOf(within, count) {
  const probe = within.appendChild(document.createElement("i"));
  const colors = Object.fromEntries(
    TOKENS.map((token) => {
      probe.style.color = `var(--${token})`; // a property resolves light-dark(); the token alone would be its text
      return [token, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return { colors, font: getComputedStyle(within).fontFamily, cut: new Map(), count };
}

/** Paint everything. @param {Pen} pen @param {Tree} tree @param {View} view @param {Scene} scene @param {Look} look */
export function paint(pen, tree, view, scene, look) {
  const ratio = pen.canvas.width / view.width;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  pen.setTransform(ratio * view.zoom, 0, 0, ratio * view.zoom, -view.x * ratio * view.zoom, -view.y * ratio * view.zoom);
  pen.textBaseline = "middle";
  const margin = MARGIN / view.zoom;
  const [top, bottom] = [view.y - margin, view.y + view.height / view.zoom + margin];
  const right = view.x + view.width / view.zoom + margin;
  /** @type {Node[]} */
  const cards = [];
  const waiting = [tree.root];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (one.height * view.zoom < 3.5) {
      pen.fillStyle = look.colors["line-strong"] ?? "";
      pen.fillRect(one.x, one.top, CARD.width, one.height * 0.8);
      continue;
    }
    cards.push(one);
    if (!one.isOpen || one.x + PITCH.x > right) continue;
    for (let i = firstBelow(one.organizations, top); i < one.organizations.length; i += 1) {
      const child = /** @type {Node} */ (one.organizations[i]);
      if (child.top > bottom) break;
      waiting.push(child);
      edge(pen, one, child, scene, look, view.zoom);
    }
  }
  for (const one of cards) {
    if (one.y > top && one.y < bottom) card(pen, one, view.zoom, scene, look);
    if (one.shows) tiles(pen, one, view, scene, look);
  }
  if (scene.drag !== null) ghost(pen, scene.drag, look);
}

/** @param {Pen} pen @param {Node} from @param {Node} to @param {Scene} scene @param {Look} look @param {number} zoom */
function edge(pen, from, to, scene, look, zoom) {
  const isPath = scene.found !== null && (scene.found.found.has(to) || scene.found.below.has(to));
  const start = from.x + CARD.width;
  const bend = (start + to.x) / 2;
  pen.beginPath();
  pen.moveTo(start, from.y);
  pen.bezierCurveTo(bend, from.y, bend, to.y, to.x, to.y);
  stroke(pen, (isPath ? 1.75 : 1.25) * Math.max(1, 0.6 / zoom), look.colors[isPath ? "brand-ink" : scene.found !== null ? "line" : "line-strong"]);
}

/** @param {Pen} pen @param {Node} one @param {number} zoom @param {Scene} scene @param {Look} look */
function card(pen, one, zoom, scene, look) {
  const { colors } = look;
  const top = one.y - CARD.height / 2;
  const isSelected = one === scene.selected;
  const isTarget = one === scene.drag?.target;
  const alpha = isGrey(scene.found, one, scene.selected) ? GREY : 1;
  const isFull = CARD.height * zoom >= FULL;
  const isNamed = isFull || PITCH.y * zoom >= 11.5;
  const scale = isFull ? 1 : 0.6 / zoom; // of a label that stays readable while the card shrinks
  box(pen, one.x, top, CARD.width, CARD.height, CARD.radius);
  fill(pen, colors[isSelected || isTarget ? "brand-soft" : "raised"]);
  pen.globalAlpha = alpha;
  stroke(pen, (isSelected || isTarget ? 2.25 : 1) / Math.min(1, zoom * 1.5), colors[isSelected || isTarget ? "brand-ink" : "line-strong"]);
  pen.save();
  pen.clip();
  pen.fillStyle = colors["brand-fill"] ?? "";
  pen.fillRect(one.x, top, 5, CARD.height);
  pen.restore();
  if (isFull) {
    building(pen, one.x + 15, one.y - 17, colors["muted"] ?? "");
    const room = one.organizations.length === 0 ? 168 : one.isOpen ? 142 : 122;
    write(pen, one.unit.name, one.x + 35, one.y - 9.5, room, 600, 13, colors["text"] ?? "", look);
    const under = one.total > 0 ? look.count("customers", one.total) : look.count("none", 0);
    write(pen, one.shows ? `${under} ▴` : one.total > 0 ? `${under} ▾` : under, one.x + 35, one.y + 11, room, 400, 11.5, colors["muted"] ?? "", look);
    if (one.organizations.length > 0)
      pill(pen, one.isOpen ? "–" : `+${one.unit.children}`, one.x + CARD.width - 10, one.y - 0.5, isSelected ? "raised" : "brand-soft", "brand-ink", look);
  } else if (isNamed) write(pen, one.unit.name, one.x + 14, one.y, CARD.width - 22, 600, 10.5 / zoom, colors["text"] ?? "", look);
  pen.globalAlpha = 1;
  const count = scene.found === null ? 0 : hidden(scene.found, one);
  if (count > 0 && isNamed)
    pill(pen, look.count("found", count), one.x + CARD.width - 8, top + CARD.height, "warn", "surface", look, scale);
  if (isSelected && scene.focused) {
    box(pen, one.x - 4, top - 4, CARD.width + 8, CARD.height + 8, CARD.radius + 3);
    pen.stroke();
  }
}

/** @param {Pen} pen @param {Node} parent @param {View} view @param {Scene} scene @param {Look} look */
function tiles(pen, parent, view, scene, look) {
  const { colors } = look;
  const [top, bottom] = [view.y - TILE.height, view.y + view.height / view.zoom + TILE.height];
  for (const one of parent.customers) {
    if (one.y < top) continue;
    if (one.y > bottom) break;
    const isSelected = one === scene.selected;
    box(pen, one.x, one.y - TILE.height / 2, TILE.width, TILE.height, 7);
    fill(pen, colors[isSelected ? "brand-soft" : "surface"]);
    pen.globalAlpha = isGrey(scene.found, one, scene.selected) ? GREY : 1;
    stroke(pen, isSelected ? 2.25 : 1, colors[isSelected ? "brand-ink" : "line-strong"]);
    box(pen, one.x + 8.5, one.y - 3.5, 7, 7, 3.5);
    fill(pen, colors["brand-fill"]);
    if (TILE.height * view.zoom >= 9)
      write(pen, one.unit.name, one.x + 22, one.y + 0.5, TILE.width - 30, 450, 12, colors["text"] ?? "", look);
    pen.globalAlpha = 1;
  }
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} width @param {number} height @param {number} radius */
function box(pen, x, y, width, height, radius) {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
}

/** @param {Pen} pen @param {string} [color] */
const fill = (pen, color = "") => ((pen.fillStyle = color), pen.fill());

/** @param {Pen} pen @param {number} width @param {string} [color] */
const stroke = (pen, width, color = "") => (([pen.lineWidth, pen.strokeStyle] = [width, color]), pen.stroke());

/** The sign of an organization. @param {Pen} pen @param {number} x @param {number} y @param {string} color */
function building(pen, x, y, color) {
  [pen.strokeStyle, pen.lineWidth] = [color, 1.4];
  pen.strokeRect(x + 2, y, 9, 14);
  pen.fillStyle = color;
  for (const row of [3.4, 6.4, 9.4]) pen.fillRect(x + 5, y + row, 3, 1.2);
}

/** @param {Pen} pen @param {string} text @param {number} x @param {number} y @param {number} width @param {number} weight @param {number} size @param {string} color @param {Look} look */
function write(pen, text, x, y, width, weight, size, color, look) {
  pen.font = `${weight} ${size}px ${look.font}`;
  pen.fillStyle = color;
  pen.textAlign = "left";
  pen.fillText(shortened(pen, text, width, look), x, y);
}

/** @param {Pen} pen @param {string} text @param {number} width @param {Look} look */
function shortened(pen, text, width, look) {
  const key = `${pen.font} ${width} ${text}`;
  const known = look.cut.get(key);
  if (known !== undefined) return known;
  let shown = text;
  for (let length = text.length; length > 1 && pen.measureText(shown).width > width; )
    shown = `${text.slice(0, (length -= Math.max(1, length >> 4))).trimEnd()}…`;
  if (look.cut.size > 5000) look.cut.clear(); // every zoom step below full text has a font size of its own
  look.cut.set(key, shown);
  return shown;
}

/** A rounded label that ends at `right`. @param {Pen} pen @param {string} text @param {number} right @param {number} y @param {string} back @param {string} ink @param {Look} look */
function pill(pen, text, right, y, back, ink, look, scale = 1) {
  pen.font = `600 ${11 * scale}px ${look.font}`;
  const width = pen.measureText(text).width + 14 * scale;
  box(pen, right - width, y - 9 * scale, width, 18 * scale, 9 * scale);
  fill(pen, look.colors[back]);
  pen.fillStyle = look.colors[ink] ?? "";
  pen.textAlign = "center";
  pen.fillText(text, right - width / 2, y + 0.5);
}

/** @param {Pen} pen @param {{one: Node, x: number, y: number}} drag @param {Look} look */
function ghost(pen, drag, look) {
  pen.globalAlpha = 0.85;
  box(pen, drag.x + 8, drag.y + 8, TILE.width, TILE.height, 7);
  fill(pen, look.colors["brand-fill"]);
  pen.globalAlpha = 1;
  write(pen, drag.one.unit.name, drag.x + 18, drag.y + 8 + TILE.height / 2, TILE.width - 20, 600, 12, look.colors["on-fill"] ?? "", look);
}
