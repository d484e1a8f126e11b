// Today by keyboard: j and k move, Enter opens, 1 to 9 log a result, n writes a note. The list itself is
// plain HTML; this finds its rows anew each time, because the server replaces them.

const rows = () => [...document.querySelectorAll<HTMLElement>("#todo .row")];
const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("dialog[open]") !== null);

let at = 0; // where in the list the person is; stays when a row leaves

const current = () => rows()[Math.min(at, rows().length - 1)];

// Selecting is what the eye follows: focus stays where it is, the panel shows the row.
function select(index: number, move = true) {
  const all = rows();
  if (all.length === 0) return;
  at = Math.max(0, Math.min(index, all.length - 1));
  all.forEach((row, i) => row.setAttribute("aria-current", String(i === at)));
  const row = all[at]!;
  if (move) row.scrollIntoView({ block: "nearest" });
  showPanel(row);
}

function showPanel(row: HTMLElement) {
  const panel = document.getElementById("panel");
  if (!panel || getComputedStyle(panel).display === "none" || panel.dataset.lead === row.dataset.lead) return;
  panel.dataset.lead = row.dataset.lead;
  void window.htmx.ajax("get", `/leads/${row.dataset.lead}/panel`, { target: panel, swap: "innerHTML", select: "#panel-content" });
}

// log sends a result, or first asks what it needs.
function log(button: HTMLButtonElement, row: HTMLElement) {
  const dialog = document.getElementById("ask") as HTMLDialogElement | null;
  const form = dialog?.querySelector("form");
  if (!dialog || !form || !row.dataset.log) return;
  form.reset();
  const field = (name: string) => form.elements.namedItem(name) as HTMLInputElement;
  field("result").value = button.value;
  dialog.querySelector("h2")!.textContent = `${row.dataset.name}: ${button.dataset.words}`;
  const asks = button.dataset.asks ?? "";
  dialog.querySelectorAll<HTMLElement>("[data-for]").forEach((part) => {
    const shown = part.dataset.for === asks || part.dataset.for === "note";
    part.hidden = !shown;
    part.querySelectorAll<HTMLInputElement>("input, select").forEach((input) => {
      input.required = shown && button.dataset.must === "true" && part.dataset.for === asks;
    });
  });
  field("note").required = asks === "note";
  form.setAttribute("action", row.dataset.log);
  form.setAttribute("hx-post", row.dataset.log);
  window.htmx.process(form);
  if (asks === "") form.requestSubmit();
  else dialog.showModal();
}

const byKey = (key: string) => document.querySelector<HTMLButtonElement>(`#results [data-key="${key}"]`);

document.addEventListener("keydown", (event) => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = current();
  if (!row) return;
  const button = byKey(event.key);
  if (event.key === "j" || event.key === "ArrowDown") select(at + 1);
  else if (event.key === "k" || event.key === "ArrowUp") select(at - 1);
  else if (event.key === "Enter" && event.target === document.body) row.querySelector<HTMLAnchorElement>("a.name")?.click();
  else if (button) log(button, row);
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement;
  const button = target.closest<HTMLButtonElement>("#results [data-key]");
  const row = target.closest<HTMLElement>("#todo .row");
  if (button && current()) log(button, current()!);
  else if (row && !target.closest("a, button")) select(rows().indexOf(row), false);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const detail = (event as CustomEvent<{ successful: boolean; elt: HTMLElement }>).detail;
  if (detail.successful && detail.elt.closest("#ask")) (document.getElementById("ask") as HTMLDialogElement).close();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if ((event.target as HTMLElement).id === "todo") select(at, false);
});

select(0, false);
export {};
