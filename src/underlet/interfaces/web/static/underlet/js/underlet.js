// @ts-check
/**
 * What pages need beyond htmx: the search key, focus after a page change, copying a secret, closing messages,
 * filling in days, asking in a dialog.
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

// What the server proposes is filled in, and then looked at as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[data-fill]") : null;
  const field = button instanceof HTMLElement ? document.getElementById(button.dataset["fill"] ?? "") : null;
  if (!(button instanceof HTMLElement) || !(field instanceof HTMLInputElement)) return;
  field.value = button.dataset["value"] ?? "";
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
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

// Days of a range that a link names are filled in, so that what else was typed stays.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-first]") : null;
  if (!(link instanceof HTMLElement)) return;
  const [first, last] = link.closest("fieldset")?.querySelectorAll("input") ?? [];
  if (first === undefined || last === undefined) return;
  event.preventDefault();
  first.value = link.dataset["first"] ?? "";
  last.value = link.dataset["last"] ?? "";
  first.focus();
});

/**
 * The question of another page, as a dialog over this one. Its form is the server's and goes to that page's address.
 * @param {HTMLAnchorElement} link
 */
const askInDialog = async (link) => {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [form, heading] = [page.querySelector("form[method=post]"), page.querySelector("h1")];
  if (!answer.ok || !(form instanceof HTMLFormElement) || heading === null) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  const title = document.createElement("h2");
  title.id = "dialog-title";
  title.textContent = heading.textContent;
  form.action = link.href;
  form.prepend(title);
  form.className = "form";
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(form);
  const back = form.querySelector(".actions a[href]");
  back?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
};

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-dialog]") : null;
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!(link instanceof HTMLAnchorElement) || !isPlain) return;
  event.preventDefault();
  askInDialog(link).catch(() => location.assign(link.href));
});
