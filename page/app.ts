// What every page does beyond plain HTML: parts by htmx, dialogs, keys, and news from the server.
import htmx from "htmx.org";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

// data-open="ID" opens a dialog, data-close closes the one it stands in.
document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement;
  const opener = target.closest<HTMLElement>("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = target.closest<HTMLElement>("[data-close]");
  if (closer) {
    event.preventDefault();
    closer.closest("dialog")?.close();
  }
});

// data-ask="…" asks before a form is sent that cannot be taken back.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const text = (event as SubmitEvent).submitter?.dataset.ask ?? form.dataset.ask;
    if (text && !window.confirm(text)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

// data-all="NAME" ticks all boxes of that name in its form.
document.addEventListener("change", (event) => {
  const box = event.target as HTMLInputElement;
  if (!box.matches("[data-all]")) return;
  box.form?.querySelectorAll<HTMLInputElement>(`input[type=checkbox][name="${box.dataset.all ?? ""}"]`).forEach((one) => {
    one.checked = box.checked;
  });
});

// data-send: a field whose form goes off as soon as another value is chosen.
document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.matches("[data-send]")) field.form?.requestSubmit();
});

// Keys: u takes back what was just done, / goes to the search field.
document.addEventListener("keydown", (event) => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "u") {
    const undo = document.querySelector<HTMLButtonElement>("#notice [data-undo]");
    if (undo) {
      event.preventDefault();
      undo.form?.requestSubmit(undo);
    }
  }
  if (event.key === "/") {
    const search = document.querySelector<HTMLInputElement>("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

// A request that never came through says so, and what is on the screen stays.
document.addEventListener("htmx:sendError", () => {
  const text = document.body.dataset.offline;
  const place = document.getElementById("notice");
  if (!text || !place) return;
  const box = document.createElement("div");
  box.className = "notice bad";
  box.textContent = text;
  place.replaceChildren(box);
});

// data-live="today leads": the element is asked for again when the server tells of one of these.
const interested = () => document.querySelectorAll<HTMLElement>("[data-live]");
if (interested().length > 0) {
  const lead = document.querySelector<HTMLElement>("[data-live-lead]")?.dataset.liveLead;
  const stream = new EventSource(lead ? `/live?lead=${lead}` : "/live");
  const topics = new Set<string>();
  interested().forEach((element) => element.dataset.live?.split(" ").forEach((topic) => topics.add(topic)));
  let waiting = 0;
  const tell = (topic: string) => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      interested().forEach((element) => {
        if (element.dataset.live?.split(" ").includes(topic)) htmx.trigger(element, "live", {});
      });
    }, 300);
  };
  topics.forEach((topic) => stream.addEventListener(topic, () => tell(topic)));
  window.addEventListener("pagehide", () => stream.close());
}

// On a wide screen the menu is open, in browsers too that cannot be told so by a style.
if (window.matchMedia("(min-width: 901px)").matches) {
  document.querySelector(".contents .menu")?.setAttribute("open", "");
}
