/**
 * A process that writes to a store and says what it showed, until it is killed: `node store-writer.ts URL NOW`. WAXSEAL_FAULT names
 * where it kills itself: "changeSession:changed@2" is the second time it comes by there; a "~" behind it lets it run on for a moment.
 */
import { writeSync } from "node:fs";
import { openStore } from "../../adapters/sql/store.ts";
import type { Session, Store } from "../../src/store.ts";

const [url = "", clock = "0"] = process.argv.slice(2);
const now = Number(clock);
/** More than any fault waits for. */
const ROUNDS = 40;
const AT = { tenant: "T1", place: "C1" };

/** Said at once, in one piece: what stands in the pipe has been shown. */
function say(...words: readonly string[]): void {
  writeSync(1, `${words.join(" ")}\n`);
}

function createFault(spec: string): (point: string) => void {
  const [, where = "", count = "1", later = ""] = /^([^@]*)@(\d+)(~?)$/.exec(spec) ?? [];
  let left = Number(count);
  const kill = (): void => {
    process.kill(process.pid, "SIGKILL");
  };
  return (point) => {
    if (point !== where) return;
    left -= 1;
    if (left !== 0) return;
    say("killed", `${point}${later}`);
    if (later === "") kill();
    // Into the commit, which another thread or another process is at.
    else setImmediate(kill);
  };
}

/** What the store must give; anything else ends the process with a code of its own. */
function must<T extends { ok: boolean }>(done: T): Extract<T, { ok: true }> {
  if (done.ok) return done as Extract<T, { ok: true }>;
  say("failed", JSON.stringify(done));
  process.exit(3);
}

async function begin(store: Store): Promise<Session> {
  const deed = { id: "begin", by: "U1", what: null, at: 0 };
  return must(await store.createSession({ ...AT, kind: "setup", domain: "example.com", state: 0, deed }))
    .session;
}

/** One click: shown when the store has it. */
async function step(store: Store, session: Session): Promise<Session> {
  const n = Number(session.state) + 1;
  const key = String(n);
  const to = { tenant: AT.tenant, rim: "slack", target: null, due: now };
  const done = must(
    await store.changeSession(session, {
      state: n,
      deed: { id: `step-${key}`, by: "U1", what: null, at: 0 },
      answers: [{ ...to, id: `page-${key}`, page: n }],
      waits: [{ ...to, id: `wait-${key}`, session: session.id, what: n, by: "U1", until: now }],
    }),
  );
  say("shown", `step-${key}`);
  return done.session;
}

async function lookAtWaits(store: Store): Promise<void> {
  const { waits } = must(await store.dueWaits({ rims: ["slack"], now, limit: 10 }));
  for (const { tenant, rim, target, id, what } of waits) {
    const live = { tenant, rim, target, due: now, id: `live-${JSON.stringify(what)}`, page: what };
    must(await store.waitDone(tenant, id, now, live));
    say("shown", id);
  }
}

async function post(store: Store): Promise<void> {
  const { answers } = must(await store.takeAnswers({ rims: ["slack"], now, limit: 10 }));
  for (const { tenant, id } of answers) {
    say("posted", id);
    must(await store.answerSent(tenant, id, now));
  }
}

const open = must(await openStore(url, { fault: createFault(process.env["WAXSEAL_FAULT"] ?? "") }));
const { store } = open;
say("ready");
let session = await begin(store);
for (let round = 0; round < ROUNDS; round += 1) {
  // The last run ends what was left, and begins nothing.
  if (process.env["WAXSEAL_FAULT"] !== undefined) session = await step(store, session);
  await lookAtWaits(store);
  await post(store);
}
await store.close();
say("ended");
