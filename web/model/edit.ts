// The draft beside what it would change: mistakes that the server finds while somebody types are written
// at their fields. The form itself is plain HTML.

const field = (path: string) => document.getElementsByName(path)[0];

function showWrongs(result: Element) {
  document.querySelectorAll<HTMLElement>("[data-wrong]").forEach((place) => {
    place.replaceChildren();
    field(place.dataset.wrong ?? "")?.removeAttribute("aria-invalid");
  });
  result.querySelectorAll<HTMLElement>("[data-path]").forEach((told) => {
    const path = told.dataset.path ?? "";
    const place = document.querySelector(`[data-wrong="${CSS.escape(path)}"]`);
    place?.replaceChildren(...[...told.childNodes].map((node) => node.cloneNode(true)));
    field(path)?.setAttribute("aria-invalid", "true");
    place?.closest("details")?.setAttribute("open", "");
  });
}

document.addEventListener("htmx:afterSwap", () => {
  const result = document.getElementById("effect-result");
  if (result) showWrongs(result);
});

// A row that is to be removed looks so at once.
document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.name.endsWith(".gone")) box.closest("fieldset")?.classList.toggle("gone", box.checked);
});

// What was not saved is not lost by a slip.
let unsaved = document.querySelector("#pack[data-unsaved]") !== null;
document.getElementById("pack")?.addEventListener("input", () => (unsaved = true));
document.addEventListener("submit", () => (unsaved = false));
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
export {};
