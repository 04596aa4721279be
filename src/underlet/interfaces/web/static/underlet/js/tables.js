// @ts-check
/**
 * What lists need beyond htmx: selecting all rows of a page and counting them, saying how many rows a filter left,
 * and giving the focus back when the control that was used is gone. Every list works without it.
 */

/** @param {ParentNode} region @returns {HTMLInputElement[]} */
const picksOf = (region) => [...region.querySelectorAll(/** @type {"input"} */ ("input[name=row]"))];

/** Bring the count and the head's checkbox in line with the rows. */
function count() {
  const region = document.getElementById("grid");
  const output = region?.querySelector("[data-picked]");
  if (!region || !output) return;
  const picks = picksOf(region);
  const picked = picks.filter((one) => one.checked).length;
  output.textContent = String(picked);
  const all = /** @type {HTMLInputElement | null} */ (region.querySelector("[data-pick-all]"));
  if (all === null) return;
  all.disabled = picks.length === 0;
  all.checked = picked > 0 && picked === picks.length;
  all.indeterminate = picked > 0 && picked < picks.length;
}

document.addEventListener("change", (event) => {
  const target = event.target;
  if (!(target instanceof HTMLInputElement)) return;
  const region = document.getElementById("grid");
  if (region !== null && target.dataset["pickAll"] !== undefined)
    for (const one of picksOf(region)) one.checked = target.checked;
  if (target.name === "row" || target.dataset["pickAll"] !== undefined) count();
});

document.addEventListener("keydown", (event) => {
  const open = event.target instanceof Element ? event.target.closest("details.chooser[open]") : null;
  if (event.key !== "Escape" || open === null) return;
  open.removeAttribute("open");
  open.querySelector("summary")?.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.target;
  if (!(region instanceof HTMLElement) || (region.id !== "grid" && region.id !== "content")) return;
  const live = document.getElementById("count");
  const words = document.getElementById("list-count")?.textContent ?? "";
  if (live !== null && live.textContent !== words) live.textContent = words;
  count();
  const used = /** @type {CustomEvent} */ (event).detail?.requestConfig?.elt;
  const next = used instanceof HTMLElement ? used.dataset["focus"] : undefined;
  // The control itself went with the old region, or stays behind at the end of the new rows.
  if (next !== undefined) document.getElementById(next)?.focus();
});

count(); // a browser may keep the checkboxes of a page it goes back to
