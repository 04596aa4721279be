// @ts-check
/**
 * The live preview of the brand editor: while one types or chooses, the frame and the words about the colour are loaded
 * anew with the unsaved values in the address. Without it, the button "Preview" does the same. It saves nothing.
 */

const PREVIEWED = ["color", "product_name", "invoice_footer", "look"];
const PAUSE = 250;
let timer = 0;

/** @param {HTMLFormElement} form */
const show = async (form) => {
  const values = new FormData(form);
  const query = new URLSearchParams(PREVIEWED.map((name) => [name, String(values.get(name) ?? "")]));
  const frame = form.querySelector("iframe");
  // Replacing the address, rather than setting `src`, adds no step to the way back.
  frame?.contentWindow?.location.replace(`${form.dataset["preview"]}${values.get("view")}?${query}`);
  const answer = await fetch(`${form.dataset["colour"]}?${query}`, { headers: { "HX-Request": "true" } });
  const lines = form.querySelector("#colour-lines");
  if (answer.ok && lines !== null) lines.innerHTML = await answer.text();
};

document.addEventListener("input", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form[data-preview]") : null;
  if (!(form instanceof HTMLFormElement)) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => show(form), PAUSE);
});
