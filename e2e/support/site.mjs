// A web site of somebody else: another origin than the door, with a strict content security policy.
import { createServer } from "node:http";
import { once } from "node:events";

/**
 * Serves pages by path: { "/": { head, body }, "/file.js": { script } }.
 * Scripts come from files only, as the policy wants it.
 */
export async function startSite(door, pages) {
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url, "http://x").pathname];
    if (!page) {
      response.writeHead(404).end();
      return;
    }
    if (page.script !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(page.script);
      return;
    }
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; script-src 'self' ${door}; connect-src ${door}; img-src ${door}`,
    });
    response.end(`<!doctype html><html lang="ja"><head><title>${page.title ?? "例"}</title>${page.head ?? ""}</head><body>${page.body ?? ""}</body></html>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
