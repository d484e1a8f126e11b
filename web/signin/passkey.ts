// Passkeys need a script: the browser signs what the server asks, here for signing in and for adding one.

type Begun = { ticket: string; options: { publicKey: unknown } };
type Told = { to?: string; wrong?: string };

const supported = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** The server said what is wrong, in the person's language. */
class Wrong extends Error {}

async function post<T extends object>(path: string, body: URLSearchParams | object): Promise<T> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": form ? "application/x-www-form-urlencoded" : "application/json" },
    body: form ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as T & Told;
  if (answer.wrong) throw new Wrong(answer.wrong);
  return answer;
}

/** Shows the form where passkeys work, and says under its button what went wrong. */
function offer(id: string, work: (form: HTMLFormElement) => Promise<Told>) {
  const form = document.getElementById(id);
  if (!(form instanceof HTMLFormElement) || !supported) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = form.querySelector<HTMLElement>("[role=alert]");
    const button = form.querySelector("button");
    if (!place || !button) return;
    place.textContent = "";
    button.disabled = true;
    try {
      const { to } = await work(form);
      location.assign(to ?? "/");
    } catch (error) {
      place.textContent = error instanceof Wrong ? error.message : (form.dataset.failed ?? "");
    } finally {
      button.disabled = false;
    }
  });
}

offer("use-passkey", async (form) => {
  const begun = await post<Begun>("/sign-in/passkey/begin", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options.publicKey as PublicKeyCredentialRequestOptionsJSON);
  const answer = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return post<Told>("/sign-in/passkey", { ticket: begun.ticket, answer: answer.toJSON(), next: form.dataset.next ?? "" });
});

offer("add-passkey", async (form) => {
  const fields = new FormData(form);
  const begun = await post<Begun>("/me/passkeys/begin", new URLSearchParams({ current: String(fields.get("current") ?? "") }));
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options.publicKey as PublicKeyCredentialCreationOptionsJSON);
  const answer = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  return post<Told>("/me/passkeys", { ticket: begun.ticket, name: String(fields.get("name")), answer: answer.toJSON() });
});
