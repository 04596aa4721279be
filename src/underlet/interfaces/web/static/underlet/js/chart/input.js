// @ts-check
/**
 * Hands on the canvas: wheel, pinch, pan, click, drag and keys become calls of what the chart can do.
 * @typedef {{zoom: (factor: number, x?: number, y?: number) => void, pan: (dx: number, dy: number) => void,
 *   press: (x: number, y: number) => void, mayDrag: (x: number, y: number) => boolean,
 *   drag: (x: number, y: number) => void, drop: () => void, abort: () => void, key: (key: string) => boolean}} Hands
 *   x, y: CSS pixels in the canvas. key: whether it was used.
 */

const FAR = 5; // pixels from which a press becomes a drag

/** Listen. @param {HTMLCanvasElement} canvas @param {Hands} hands */
export function listen(canvas, hands) {
  /** @type {Map<number, {x: number, y: number}>} */
  const down = new Map();
  /** @type {"press" | "pan" | "drag" | "pinch"} */
  let doing = "press";
  let mayDrag = false;
  let start = { x: 0, y: 0 };

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      hands.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), event.offsetX, event.offsetY);
    },
    { passive: false },
  );

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (down.size > 1) {
      if (doing === "drag") hands.abort();
      doing = "pinch";
      return;
    }
    start = { x: event.offsetX, y: event.offsetY };
    doing = "press";
    mayDrag = event.pointerType !== "touch" && hands.mayDrag(start.x, start.y);
  });

  canvas.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.offsetX, y: event.offsetY };
    if (doing === "press" && Math.hypot(now.x - start.x, now.y - start.y) >= FAR) doing = mayDrag ? "drag" : "pan";
    if (doing === "pan") hands.pan(now.x - before.x, now.y - before.y);
    if (doing === "drag") hands.drag(now.x, now.y);
    if (doing === "pinch") {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      const width = other === undefined ? 0 : Math.hypot(before.x - other.x, before.y - other.y);
      if (other !== undefined && width > 0)
        hands.zoom(Math.hypot(now.x - other.x, now.y - other.y) / width, (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    down.set(event.pointerId, now);
  });

  const up = (/** @type {PointerEvent} */ event) => {
    if (!down.delete(event.pointerId)) return;
    if (event.type === "pointercancel") hands.abort();
    else if (doing === "drag") hands.drop();
    else if (doing === "press") hands.press(event.offsetX, event.offsetY);
    if (down.size === 0) doing = "press";
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") hands.abort();
    if (hands.key(event.key)) event.preventDefault();
  });
}
