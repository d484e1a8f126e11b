// A file may be dropped anywhere on the page; a large one shows how far it is on its way.
declare global {
  interface WindowEventMap {
    "htmx:xhr:progress": CustomEvent<{ loaded: number; total: number }>;
  }
}

const upload = () => document.querySelector<HTMLFormElement>("#upload");

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

window.addEventListener("dragover", (event) => {
  const form = upload();
  if (!form || !carriesFiles(event)) return;
  event.preventDefault();
  form.classList.add("over");
});

window.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) upload()?.classList.remove("over");
});

window.addEventListener("drop", (event) => {
  const form = upload();
  const input = form?.querySelector<HTMLInputElement>("input[type=file]");
  if (!form || !input || !event.dataTransfer || !carriesFiles(event)) return;
  event.preventDefault();
  form.classList.remove("over");
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});

window.addEventListener("htmx:xhr:progress", (event) => {
  const bar = upload()?.querySelector<HTMLProgressElement>(".sending");
  if (!bar || event.detail.total === 0) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});

export {};
