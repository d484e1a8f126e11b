// The tracking door as a process of its own, and what it was handed.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EventEmitter, once } from "node:events";

const root = new URL("../..", import.meta.url).pathname;

/** Builds and starts tools/tracktest. */
export async function startDoor() {
  const folder = mkdtempSync(join(tmpdir(), "kizashi-door-"));
  const binary = join(folder, "tracktest");
  execFileSync("go", ["build", "-o", binary, "./tools/tracktest"], { cwd: root, stdio: "inherit" });
  const child = spawn(binary, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const messages = [];
  const news = new EventEmitter();
  const [first] = await once(lines, "line");
  lines.on("line", (line) => {
    messages.push(JSON.parse(line));
    news.emit("message");
  });
  return {
    url: JSON.parse(first),
    messages,
    /** Resolves with the first message since the last clear() that fits. The test's own timeout bounds it. */
    async until(fits) {
      for (;;) {
        const found = messages.find(fits);
        if (found) return found;
        await once(news, "message");
      }
    },
    clear: () => messages.splice(0),
    async stop() {
      child.stdin.end();
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
