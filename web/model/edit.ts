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

// What the form was swapped for shows the same mistakes itself; the result alone does not.
document.addEventListener("htmx:afterSwap", (event) => {
  const result = document.getElementById("effect-result");
  if (result && (event.target as Element).id !== "pack") showWrongs(result);
});

document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (box.name.endsWith(".gone")) box.closest("fieldset, section")?.classList.toggle("gone", box.checked);
});

// The words of a rule follow what its builder reads.
document.addEventListener("rule:read", (event) => {
  const area = (event.target as Element).querySelector("textarea");
  const told = document.querySelector(`[data-told="${CSS.escape(area?.name ?? "")}"]`);
  if (area && told && area.value !== area.defaultValue) told.textContent = (event as CustomEvent<string>).detail;
});

// A link to a field in a part that is closed opens it.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('#pack a[href^="#"]');
  const there = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  there?.closest("details")?.setAttribute("open", "");
  if (there instanceof HTMLInputElement || there instanceof HTMLTextAreaElement) there.focus();
});

// What was not saved is not lost by a slip.
let unsaved = document.querySelector("#pack[data-unsaved]") !== null;
document.addEventListener("input", (event) => {
  if ((event.target as Element).closest("#pack")) unsaved = true;
});
document.addEventListener("htmx:afterSwap", () => (unsaved ||= document.querySelector("#pack[data-unsaved]") !== null));
document.addEventListener("submit", () => (unsaved = false));
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
export {};
