// The page of a lead follows what happens: its numbers, reasons and timeline are asked for again in place.
// A part in which the person reads or types at that moment stays as it is until the next time; a detail
// that the page itself opened (data-open) is no sign of reading.

const inUse = (part: HTMLElement) =>
  part.contains(document.activeElement) ||
  part.querySelector("details[open]:not([data-open])") !== null ||
  part.querySelectorAll(".lead-rows").length > 1; // earlier pages of the timeline were loaded

// The timeline may have been filtered since the page was opened: the address knows.
document.addEventListener("htmx:configRequest", (event) => {
  const detail = (event as CustomEvent).detail as { elt: HTMLElement; path: string };
  if (detail.elt.matches("[data-live-lead]")) detail.path = location.pathname + location.search;
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const detail = (event as CustomEvent).detail as { target: HTMLElement; shouldSwap: boolean };
  if (detail.target.closest(".lead-page") && inUse(detail.target)) detail.shouldSwap = false;
});
export {};
