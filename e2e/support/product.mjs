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

/** Starts `kizashi serve` on an empty folder, with a write key, and waits until it is ready. */
export async function startProduct() {
  return start(["serve"], async (run) => JSON.parse(await run("key", "add", "--name", "site", "--role", "track", "--json")).key);
}

/** Starts `kizashi demo`: people, behaviour and a team, all made up; the same each time. */
export const startDemo = (leads = 300, days = 40) => start(["demo", "--leads", String(leads), "--days", String(days)]);

async function start(command, prepare = async () => "") {
  const data = mkdtempSync(join(tmpdir(), "kizashi-e2e-"));
  const env = { ...process.env, KIZASHI_DATA: data, KIZASHI_DATABASE: "", KIZASHI_LANG: "ja" };
  const tell = async (input, ...args) => {
    const running = promisify(execFile)(binary, args, { env });
    running.child.stdin.end(input);
    return (await running).stdout;
  };
  const run = (...args) => tell("", ...args);
  const key = await prepare(run);
  const listen = `127.0.0.1:${await freePort()}`;
  let child, said;
  const serve = async () => {
    said = "";
    child = spawn(binary, [...command, "--listen", listen], { env, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (text) => (said += text));
    await new Promise((ready, failed) => {
      let log = "";
      child.stderr.on("data", (text) => /serving/.test((log += text)) && ready());
      child.on("exit", () => failed(new Error(log)));
    });
  };
  await serve();
  const end = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const hung = setTimeout(() => child.kill("SIGKILL"), 20_000); // leave nothing behind
    await ended;
    clearTimeout(hung);
  };
  return {
    url: `http://${listen}`,
    key,
    run,
    /** Runs a command that reads from standard input. */
    tell,
    /** The link to the first set-up, as the server prints it while there is no administrator. */
    setup: said.match(/http\S+\/setup\?code=\S+/)?.[0],
    /** The people to contact today, by mail address. */
    async today() {
      const { items } = JSON.parse(await run("today", "--json"));
      return new Map(items.map((i) => [i.lead.email, i]));
    },
    verify: () => run("verify", "--json"),
    /** Ends the server as a power cut would. */
    kill: () => end("SIGKILL"),
    /** Starts it again on the same folder and address. */
    serve,
    async stop() {
      await end("SIGTERM");
      rmSync(data, { recursive: true });
    },
  };
}
