// @ts-check
/**
 * What pages need beyond htmx: the search key, focus after a page change, copying a secret, closing messages.
 * Every page works without it. It reads and writes no data.
 */

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const search = /** @type {HTMLInputElement | null} */ (document.getElementById("search"));
  if (search === null || search.offsetParent === null) return;
  event.preventDefault();
  search.focus();
  search.select();
});

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-copy], [data-dismiss]") : null;
  if (!(target instanceof HTMLElement)) return;
  const dismiss = target.dataset["dismiss"];
  if (dismiss !== undefined) target.closest(dismiss)?.remove();
  const source = target.dataset["copy"] === undefined ? null : document.getElementById(target.dataset["copy"]);
  if (source === null) return;
  await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
  const said = target.querySelector("[data-said]");
  if (said !== null) said.textContent = target.dataset["copied"] ?? "";
});

// A new page in the content region is announced by its heading; a mere refresh keeps the focus where it was,
// because htmx gives it back to the control with the same id.
document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.target;
  if (!(region instanceof HTMLElement) || region.id !== "content" || document.activeElement !== document.body) return;
  const heading = region.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
});

// The count beside the jobs button follows the list in its tray.
document.addEventListener("htmx:afterSwap", () => {
  const count = document.getElementById("jobs-count");
  const told = document.getElementById("jobs-tray")?.dataset["count"];
  if (count === null || told === undefined) return;
  count.textContent = told;
  count.hidden = told === "0";
});
