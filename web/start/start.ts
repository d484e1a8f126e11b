// A button copies what stands in another element; without a script there is no button.
document.querySelectorAll<HTMLButtonElement>("[data-copy]").forEach((button) => {
  const from = document.getElementById(button.dataset.copy ?? "");
  if (!from || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.textContent ?? "");
    button.textContent = button.dataset.copied ?? "";
  });
});
