// The product itself: bin/kizashi serving an empty folder.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const binary = process.env.KIZASHI ?? new URL("../../bin/kizashi", import.meta.url).pathname;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts `kizashi serve` and waits until it is ready. */
export async function startProduct() {
  const data = mkdtempSync(join(tmpdir(), "kizashi-e2e-"));
  const env = { ...process.env, KIZASHI_DATA: data, KIZASHI_DATABASE: "", KIZASHI_LANG: "ja" };
  const run = async (...args) => (await promisify(execFile)(binary, args, { env })).stdout;
  const { key } = JSON.parse(await run("key", "add", "--name", "site", "--role", "track", "--json"));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ["serve", "--listen", listen], { env, stdio: ["ignore", "ignore", "pipe"] });
  await new Promise((ready, failed) => {
    let log = "";
    child.stderr.on("data", (text) => /serving/.test((log += text)) && ready());
    child.on("exit", () => failed(new Error(log)));
  });
  return {
    url: `http://${listen}`,
    key,
    /** The people to contact today, by mail address. */
    async today() {
      const { items } = JSON.parse(await run("today", "--json"));
      return new Map(items.map((i) => [i.lead.email, i]));
    },
    verify: () => run("verify", "--json"),
    async stop() {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        const hung = setTimeout(() => child.kill("SIGKILL"), 20_000); // leave nothing behind
        await ended;
        clearTimeout(hung);
      }
      rmSync(data, { recursive: true });
    },
  };
}
