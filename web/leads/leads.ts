// The table of leads: the bar of what to do with many shows once somebody is picked, and says how many.
// The server replaces the list, so everything is found anew each time.

export {};

const boxes = () => [...document.querySelectorAll<HTMLInputElement>('#list input[name="lead"]')];
const bar = () => document.getElementById("leads-bulk");

let last = -1; // the box that was ticked before, for a range

function tell() {
  const place = bar();
  if (!place) return;
  const all = place.querySelector<HTMLInputElement>('input[name="all"]')!;
  const picked = boxes().filter((box) => box.checked).length;
  place.classList.toggle("idle", picked === 0 && !all.checked);
  const words = place.querySelector<HTMLElement>(".picked")!;
  words.textContent = (words.dataset.words ?? "{n}").replace("{n}", String(picked));
  words.hidden = all.checked;
  document.querySelectorAll<HTMLInputElement>("#list [data-all]").forEach((box) => {
    box.checked = picked > 0 && picked === boxes().length;
    box.indeterminate = picked > 0 && !box.checked;
  });
  const to = place.querySelector<HTMLSelectElement>('select[name="to"]')?.value ?? "";
  const off = to === "recycled" || to === "disqualified";
  place.querySelectorAll<HTMLElement>("[data-for]").forEach((field) => (field.hidden = (field.dataset.for === "off") !== off));
}

document.addEventListener("click", (event) => {
  const box = event.target as HTMLInputElement;
  if (box instanceof HTMLInputElement && box.name === "lead") {
    const at = boxes().indexOf(box);
    if (event.shiftKey && last >= 0) {
      boxes()
        .slice(Math.min(at, last), Math.max(at, last) + 1)
        .forEach((one) => (one.checked = box.checked));
    }
    last = at;
  }
  // A menu closes when somebody does something elsewhere.
  document.querySelectorAll<HTMLDetailsElement>(".leads details:has(> .pop)[open]").forEach((menu) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll<HTMLDetailsElement>(".leads details:has(> .pop)[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
});

document.addEventListener("change", () => window.setTimeout(tell));
document.addEventListener("htmx:afterSettle", tell);
tell();
