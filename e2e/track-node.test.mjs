// The real @segment/analytics-node against the door, unchanged.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Analytics } from "@segment/analytics-node";
import { startDoor } from "./support/door.mjs";

let door;
before(async () => (door = await startDoor()));
after(() => door?.stop());

const client = (writeKey) => new Analytics({ writeKey, host: door.url, maxRetries: 3 });

test("analytics-node sends every kind of call", { timeout: 60_000 }, async () => {
  const analytics = client("wk");
  const timestamp = new Date("2026-03-01T00:00:00Z");
  analytics.track({ userId: "u1", event: "quote_requested", properties: { plan: "pro" }, timestamp }); // T05
  analytics.page({ anonymousId: "a1", properties: { url: "https://www.example.jp/price" } }); // T06
  analytics.screen({ userId: "u1", name: "Home" });
  analytics.identify({ userId: "u1", traits: { email: "taro@example.jp", company: { name: "例株式会社" } } });
  analytics.group({ userId: "u1", groupId: "g1", traits: { name: "例株式会社" } });
  analytics.alias({ userId: "u1", previousId: "a1" });
  await analytics.closeAndFlush();

  const by = (kind) => door.messages.find((m) => m.Kind === kind);
  assert.equal(door.messages.length, 6);
  assert.equal(by("quote_requested").User, "u1");
  assert.equal(by("quote_requested").Props.plan, "pro");
  assert.equal(by("quote_requested").Class, 0, "a server's client is no bot");
  // Sent in the moment it was made, but for a delivery of some ms by the clock of one machine.
  assert.ok(Math.abs(by("quote_requested").At - timestamp) < 60_000);
  assert.equal(by("page_view").Subject, "https://www.example.jp/price");
  assert.equal(by("page_view").Visitor, "a1");
  assert.equal(by("screen_view").Subject, "Home");
  const nameless = door.messages.filter((m) => m.Kind === "");
  assert.deepEqual(nameless.map((m) => m.Traits?.company), ["例株式会社", "例株式会社", undefined]);
  assert.equal(nameless[0].Email, "taro@example.jp");
  assert.equal(nameless[2].Visitor, "a1");
  assert.ok(door.messages.every((m) => m.ID));
});

test("analytics-node comes again when the intake is full", { timeout: 60_000 }, async () => {
  door.clear();
  const analytics = client("wk");
  const statuses = [];
  analytics.on("http_response", (r) => statuses.push(r.status));
  analytics.track({ userId: "u1", event: "busy" });
  await analytics.closeAndFlush();
  assert.deepEqual(statuses, [503, 200]);
  assert.equal(door.messages.length, 1);
});

test("analytics-node learns that its key is wrong", { timeout: 60_000 }, async () => {
  door.clear();
  const analytics = client("nobody");
  const statuses = [];
  analytics.on("http_response", (r) => statuses.push(r.status));
  const failed = new Promise((done) => analytics.track({ userId: "u1", event: "x" }, done));
  await analytics.closeAndFlush();
  assert.ok(await failed);
  assert.deepEqual(statuses, [401]);
  assert.equal(door.messages.length, 0);
});
