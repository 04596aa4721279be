// @ts-check
/**
 * The unit picker: beside a select of units (`parts/picker.html`) a box that searches a public list by name, after the
 * ARIA combobox pattern. The select stays, hidden, and holds the choice; without JavaScript it is used itself.
 */

/** @param {HTMLSelectElement} select `data-picker`: address of the list, `data-without`: ids that are no choice */
function enhance(select) {
  const [box, list, said] = ["find", "list", "said"].map((part) => document.getElementById(`${select.id}-${part}`));
  if (!(box instanceof HTMLInputElement) || !list || !said || select.hidden) return;
  box.required = select.required;
  [select.required, select.hidden, box.hidden] = [false, true, false];
  if (select.labels[0]) select.labels[0].htmlFor = box.id;
  let [active, asked, pause] = [-1, 0, 0];
  const show = () => (box.value = select.selectedOptions[0]?.text ?? "");
  const mark = (/** @type {number} */ at) => {
    active = at;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
    list.children[at]?.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
  };
  const open = (/** @type {boolean} */ wanted) => {
    if (!wanted) {
      clearTimeout(pause);
      asked += 1; // what is still on its way comes too late
    }
    list.hidden = !wanted;
    box.setAttribute("aria-expanded", String(wanted));
    mark(-1);
  };
  const search = async (/** @type {string} */ q) => {
    const turn = (asked += 1);
    const list_ = select.dataset["picker"] ?? "";
    const answer = await fetch(`${list_}${list_.includes("?") ? "&" : "?"}${new URLSearchParams({ q, limit: "20" })}`);
    /** @type {{items: {id: string, name: string}[], next: string | null}} */
    const page = await answer.json();
    if (!answer.ok || turn !== asked) return;
    const units = page.items.filter((unit) => !select.dataset["without"]?.includes(unit.id));
    list.replaceChildren(...units.map((unit, i) => {
      const one = Object.assign(document.createElement("li"), { id: `${list.id}-${i}`, role: "option", textContent: unit.name });
      one.dataset["id"] = unit.id;
      return one;
    }));
    const words = said.dataset[page.next ? "more" : units.length === 0 ? "none" : units.length === 1 ? "one" : "many"];
    said.textContent = (words ?? "").replace("{n}", String(units.length));
    open(units.length > 0);
    if (q && units.length > 0) mark(0);
  };
  const choose = (/** @type {Element | null | undefined} */ one) => {
    const [id, name] = one instanceof HTMLElement ? [one.dataset["id"] ?? "", one.textContent] : ["", ""];
    const isNew = select.value !== id;
    if (![...select.options].some((option) => option.value === id)) select.add(new Option(name, id));
    select.value = id;
    show();
    open(false);
    if (isNew) select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  box.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => search(box.value.trim()), 200);
  });
  box.addEventListener("change", (event) => event.stopPropagation()); // only the select's own change is a choice
  box.addEventListener("click", () => list.hidden && search(""));
  box.addEventListener("blur", () => (box.value === "" ? choose(null) : (show(), open(false))));
  box.addEventListener("keydown", (event) => {
    const [step, count] = [{ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0, list.children.length];
    if (step !== 0) list.hidden ? search("") : mark((Math.max(active, step > 0 ? -1 : 0) + step + count) % count);
    else if (list.hidden || !["Enter", "Escape"].includes(event.key)) return;
    else event.key === "Enter" && active >= 0 ? choose(list.children[active]) : (show(), open(false));
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => event.target instanceof Element && choose(event.target.closest("li")));
  select.addEventListener("input", show); // somebody else chose
  show();
}

const all = () => document.querySelectorAll("select[data-picker]").forEach((one) => one instanceof HTMLSelectElement && enhance(one));
document.addEventListener("htmx:afterSettle", all);
all();
