// Kizashi's own tag. In a page:
//
//   <script async src="https://k.example.jp/k.js" data-key="WRITE KEY"></script>
//
// data-consent="required"  no cookie and no hit before kizashi.consent(true)
// data-dnt                 visitors whose browser says "do not track" are left alone
// data-domain="example.jp" one cookie for all subdomains
//
// An element with data-kizashi="whitepaper_downloaded" sends that event when it is clicked.
// Before the tag has loaded, calls can wait: (window.kizashi ||= []).push(["track", "name", {}]).

type Json = Record<string, unknown>;
type Call = [name: "track" | "page" | "identify" | "consent" | "reset", ...args: unknown[]];
type Global = typeof globalThis & { kizashi?: Call[] };

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  const waiting = (window as Global).kizashi;
  if (!script || (waiting && !Array.isArray(waiting))) return; // a module, or here already

  const { key, consent: mode, dnt, domain } = script.dataset;
  const server = new URL(script.src).origin;
  const browser = navigator as Navigator & { globalPrivacyControl?: boolean };
  const leftAlone = dnt !== undefined && dnt !== "off" && (browser.doNotTrack === "1" || !!browser.globalPrivacyControl);
  const year = 31536000; // seconds

  const read = (name: string) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1];
  const keep = (name: string, value: string, seconds = year) => {
    document.cookie =
      `${name}=${value}; Path=/; SameSite=Lax; Max-Age=${seconds}` +
      (domain ? `; Domain=${domain}` : "") +
      (location.protocol === "https:" ? "; Secure" : "");
  };
  const random = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  // The choice outlives the page; where consent is not required, silence is not a refusal.
  let choice = read("kz_c") ?? (mode === "required" ? "" : "1");
  let id = ""; // of this page, should the browser keep no cookies
  let held: [path: string, message: Json][] = [];

  const visitor = () => {
    id = read("kz_id") || id || random();
    keep("kz_id", id);
    return id;
  };

  const post = (path: string, message: Json) => {
    const url = `${server}/v1/${path}`;
    const body = JSON.stringify({ ...message, anonymousId: visitor(), writeKey: key, sentAt: new Date() });
    if (browser.sendBeacon?.(url, body)) return;
    fetch(url, { method: "POST", body, keepalive: true, mode: "no-cors", credentials: "omit" }).catch(() => {});
  };

  const send = (path: string, fields: Json, more?: Json) => {
    if (leftAlone || choice === "0") return;
    const message = {
      ...fields,
      messageId: `${Date.now()}-${random()}`,
      timestamp: new Date(),
      context: { locale: browser.language, page: { url: location.href, referrer: document.referrer }, ...more },
    };
    if (choice) post(path, message);
    else if (held.length < 50) held.push([path, message]);
  };

  // A new page is a new address; a fragment counts where a router lives in it.
  let last: string | undefined;
  const page = (properties?: Json) => {
    const referrer = last ?? document.referrer;
    last = address();
    send("p", { properties: { url: last, title: document.title, referrer, ...properties } });
  };
  const address = () => (/^#[!/]/.test(location.hash) ? location.href : location.href.split("#")[0]);
  const moved = () => setTimeout(() => address() !== last && page()); // once the title has changed, too

  const api = {
    track: (event: string, properties?: Json) => send("t", { event, properties }),
    page,
    // signature: of the user id (and address), by the site's server
    identify: (user: string | Json, traits?: Json, { signature }: { signature?: string } = {}) =>
      send("i", typeof user === "string" ? { userId: user, traits } : { traits: user }, { signature }),
    consent: (given: boolean) => {
      if (leftAlone) return;
      choice = given ? "1" : "0";
      keep("kz_c", choice);
      const messages = held;
      held = [];
      if (given) messages.forEach((m) => post(...m));
      else api.reset();
    },
    reset: () => {
      id = "";
      keep("kz_id", "", 0);
    },
    push: ([name, ...args]: Call) => (api[name] as (...args: unknown[]) => void)(...args),
  };
  (window as unknown as { kizashi: typeof api }).kizashi = api;

  const files = /\.(pdf|docx?|xlsx?|pptx?|csv|zip|7z|rar|tgz|dmg|exe|msi|epub|mp[34]|mov|txt)$/i;
  const clicked = (e: MouseEvent) => {
    const from = e.composedPath()[0];
    if (!(from instanceof Element) || (e.type === "auxclick" && e.button !== 1)) return;
    const named = from.closest<HTMLElement>("[data-kizashi]");
    const link = from.closest<HTMLAnchorElement>("a[href]");
    const scheme = link?.protocol;
    const event =
      named?.dataset.kizashi ||
      (scheme === "mailto:" ? "mail_link_clicked"
        : scheme === "tel:" ? "phone_link_clicked"
        : link && files.test(link.pathname) ? "file_downloaded"
        : "");
    const text = (named || link)?.textContent?.trim().slice(0, 100);
    if (event) api.track(event, { url: link?.href, text });
  };
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);

  const start = () => {
    page();
    for (const name of ["pushState", "replaceState"] as const) {
      const original = history[name];
      history[name] = function (...args) {
        original.apply(this, args);
        moved();
      };
    }
    addEventListener("popstate", moved);
    waiting?.forEach(api.push);
  };
  // A page that is only prepared in the background has not been seen yet.
  if ((document as Document & { prerendering?: boolean }).prerendering)
    document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
