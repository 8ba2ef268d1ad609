/** `triage`: beside mailauth's `authenticate` on the whole messages of the suite; from paste to answer over DNS that takes its time; and messages of 10 MB. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { authenticate } from "mailauth";
import { createDns } from "../../adapters/dns/resolver.ts";
import { systemClock } from "../../adapters/clock.ts";
import { verifyMessage } from "../../adapters/mailauth/verify.ts";
import { createApp } from "../../src/commands/app.ts";
import { COMMANDS } from "../../src/commands/index.ts";
import { createCache } from "../../src/dns/cache.ts";
import { zoneDns, type Zone, type ZoneName } from "../../src/dns/zone.ts";
import type { Dns, Log } from "../../src/ports.ts";
import { diagnose } from "../../src/triage/diagnose.ts";
import { textOfFile } from "../../src/triage/input.ts";
import { LARGE_KINDS, largeMessage, type LargeKind } from "../support/canary-large.ts";
import { base64, modulusOf, spki } from "../support/der.ts";
import { startDnsServerProcess } from "../support/dns-server-process.ts";
import { resolverOf } from "../support/mailauth.ts";
import { NO_HTTP } from "../support/no-http.ts";
import { missingSuite, readSuiteLines, suitePath } from "../support/suites.ts";
import { figure, median, type Effort, type Gate, type Part } from "./measure.ts";

/** Milliseconds over the slowest DNS answer. Source: issue 8. */
const OVER_MS = 50;
const DELAYS_MS = [20, 100, 400];
/** Source: issue 8. */
const LARGE_MS = 2_000;
const LARGE_MB = 256;
/** Octets of the header block that is pasted. Source: issue 8. */
const BLOCK_OCTETS = 20_480;

type Records = Record<string, [type: string, value: string][]>;

interface Case {
  id: string;
  kind: string;
  input: { file?: string };
  zone?: Records;
  context?: { ip?: string; now?: string };
}

interface Whole {
  octets: Buffer;
  dns: Dns;
  ip: string | undefined;
  now: number;
}

const ADDERS: Readonly<Record<string, (name: ZoneName, value: string) => ZoneName>> = {
  TXT: (name, value) => ({ ...name, TXT: [...((name.TXT as string[] | undefined) ?? []), value] }),
  A: (name, value) => ({ ...name, A: value }),
  PTR: (name, value) => ({ ...name, PTR: value }),
  MX: (name, value) => ({ ...name, MX: [[Number(value.split(" ")[0]), value.split(" ")[1]!]] }),
};

function zoneOf(records: Records): Zone {
  const names = Object.entries(records).map(([name, set]) => [
    name,
    set.reduce<ZoneName>((all, [type, value]) => ADDERS[type]!(all, value), {}),
  ]);
  return Object.fromEntries(names) as Zone;
}

/** The whole messages of the suite, each with its own DNS. */
function wholeMessages(): Whole[] {
  const file = "triage/cases.jsonl";
  const missing = missingSuite(file);
  if (missing !== null) throw new Error(missing);
  return readSuiteLines<Case>(file).flatMap(({ kind, input, zone, context }) => {
    if (kind !== "eml" || input.file === undefined || zone === undefined) return [];
    const octets = readFileSync(suitePath(`triage/${input.file}`));
    const now = Date.parse(context?.now ?? "2026-11-10T10:00:00Z");
    return [{ octets, dns: zoneDns(zoneOf(zone)), ip: context?.ip, now }];
  });
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function ours({ octets, dns, ip, now }: Whole): Promise<unknown> {
  const read = textOfFile(octets);
  const text = read.kind === "text" ? read.text : "";
  return diagnose({ text, octets, ...(ip === undefined ? {} : { ip }) }, { dns, now, verify: verifyMessage });
}

function theirs({ octets, dns, ip, now }: Whole): Promise<unknown> {
  const options = {
    ...(ip === undefined ? { trustReceived: true } : { ip }),
    helo: "client.example",
    mta: "mx.example",
    strict: true,
    disableBimi: true,
    curTime: new Date(now),
    resolver: resolverOf(dns),
  };
  return authenticate(octets, options as never);
}

interface Beside {
  count: number;
  rows: string[][];
  ratio: number;
}

/** Both in turn over all messages; of each message the median of all rounds. */
async function besideMailauth({ rounds, quick }: Effort): Promise<Beside> {
  const messages = wholeMessages();
  const times = messages.map(() => ({ ours: [] as number[], theirs: [] as number[] }));
  const all = rounds * (quick ? 5 : 20);
  // The first round loads and warms.
  for (let round = 0; round <= all; round += 1)
    for (const [at, message] of messages.entries()) {
      const mine = await timed(() => ours(message));
      const peer = await timed(() => theirs(message));
      if (round === 0) continue;
      times[at]!.ours.push(mine);
      times[at]!.theirs.push(peer);
    }
  const mine = times.map((each) => median(each.ours));
  const peer = times.map((each) => median(each.theirs));
  const row = (name: string, each: readonly number[]): string[] => [
    name,
    figure(median(each)),
    figure(Math.max(...each)),
  ];
  return {
    count: messages.length,
    rows: [row("ours, the whole diagnosis", mine), row("mailauth's authenticate", peer)],
    ratio: median(mine.map((ms, at) => ms / peer[at]!)),
  };
}

const KEY = `v=DKIM1; k=rsa; p=${base64(spki(modulusOf(2_048)))}`;
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What is asked about the block, all of it one question deep; `deep`: an SPF tree of three levels. */
const WORLD: Zone = {
  "good.example": { TXT: "v=spf1 ip4:192.175.48.0/24 -all" },
  "_dmarc.good.example": { TXT: "v=DMARC1; p=reject" },
  "s1._domainkey.good.example": { TXT: KEY },
  "s2._domainkey.good.example": { TXT: KEY },
};

/** A header block as a mail program shows it, filled up to 20 KB with what they carry. */
function pastedBlock(): string {
  const top = [
    "Received: from out.other.example (out.other.example [203.0.113.9]) by mx.receiver.example with ESMTPS; Tue, 24 Nov 2026 10:00:00 +0000",
    "Authentication-Results: mx.receiver.example; spf=fail smtp.mailfrom=ada@good.example; dkim=fail header.d=good.example; dmarc=fail header.from=good.example",
    ...["s1", "s2"].map(
      (selector) =>
        `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=good.example; s=${selector}; h=from:to:subject; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA`,
    ),
    "Return-Path: <ada@good.example>",
    "From: Ada <ada@good.example>",
    "Subject: hello",
  ];
  const lines = [...top];
  for (let at = 0; lines.join("\r\n").length < BLOCK_OCTETS; at += 1)
    lines.push(`X-Microsoft-Antispam-Message-Info-${String(at)}: ${"AbCd1234".repeat(60)}`);
  return lines.join("\r\n");
}

/** From the paste to the answer, in milliseconds; nothing is cached before. */
async function pasteToAnswer(address: string): Promise<number> {
  const client = createDns({ clock: systemClock, servers: [address], allow: [address] });
  const cache = createCache(client, { clock: systemClock });
  const app = createApp({
    commands: COMMANDS,
    dns: cache,
    http: NO_HTTP,
    verify: verifyMessage,
    clock: systemClock,
    log: SILENT,
    deadline: 8_000,
  });
  const place = { platform: "web", tenant: "local", conversation: "page", private: true } as const;
  const request = {
    id: "1",
    line: "triage",
    fields: { text: pastedBlock() },
    actor: { id: "bench" },
    place,
    signal: new AbortController().signal,
  };
  try {
    return await timed(async () => {
      const result = await app(request, () => Promise.resolve());
      if (result.kind !== "triage" || result.data.replay?.spf !== "fail") throw new Error("no such answer");
    });
  } finally {
    cache.close();
    client.close();
  }
}

async function overSlowDns({ rounds }: Effort): Promise<{ rows: string[][]; gates: Gate[] }> {
  const rows: string[][] = [];
  const gates: Gate[] = [];
  for (const delayMs of DELAYS_MS) {
    const server = await startDnsServerProcess({ zone: WORLD, delayMs });
    try {
      await pasteToAnswer(server.address);
      const times: number[] = [];
      for (let round = 0; round < rounds * 5; round += 1) times.push(await pasteToAnswer(server.address));
      const [middle, most] = [median(times), Math.max(...times)];
      rows.push([String(delayMs), figure(middle), figure(most), figure(middle - delayMs)]);
      gates.push({
        what: `paste to answer over DNS of ${String(delayMs)} ms: more than that, ms`,
        value: middle - delayMs,
        max: OVER_MS,
      });
    } finally {
      await server.close();
    }
  }
  return { rows, gates };
}

/** Says at the end how much memory the process had at most. */
const PRELOAD = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write("maxrss " + process.resourceUsage().maxRSS + "\\n"));',
)}`;

/** The real program in a shell, from its start to its end. */
function inShell(file: string, address: string): { ms: number; mb: number } {
  const began = performance.now();
  const { stderr } = spawnSync(process.execPath, ["bin/waxseal.cjs", "triage", "--json", "--file", file], {
    cwd: path.join(import.meta.dirname, "../.."),
    encoding: "utf8",
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      DNS_SERVERS: address,
      DNS_ALLOW: address,
    },
  });
  const ms = performance.now() - began;
  const all = [...stderr.matchAll(/^maxrss (\d+)$/gm)].map(([, kb]) => Number(kb) / 1_024);
  return { ms, mb: Math.max(...all) };
}

async function ofTenMegabytes({ rounds }: Effort): Promise<{ rows: string[][]; gates: Gate[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-bench-"));
  const server = await startDnsServerProcess({ zone: WORLD });
  const worst = { ms: 0, mb: 0 };
  const row = async (kind: LargeKind): Promise<string[]> => {
    const octets = largeMessage(kind);
    const message = { octets, dns: zoneDns(WORLD), ip: undefined, now: Date.now() };
    const inside: number[] = [];
    const shell: { ms: number; mb: number }[] = [];
    const file = path.join(folder, "mail.eml");
    writeFileSync(file, octets);
    for (let round = 0; round < rounds; round += 1) {
      inside.push(await timed(() => ours(message)));
      shell.push(inShell(file, server.address));
    }
    const ms = median(shell.map((each) => each.ms));
    const mb = Math.max(...shell.map((each) => each.mb));
    worst.ms = Math.max(worst.ms, ms);
    worst.mb = Math.max(worst.mb, mb);
    return [kind, figure(median(inside)), figure(ms), figure(mb)];
  };
  try {
    const rows: string[][] = [];
    for (const kind of LARGE_KINDS) rows.push(await row(kind));
    return {
      rows,
      gates: [
        { what: "10 MB in a shell, start and end of the program in it, ms", value: worst.ms, max: LARGE_MS },
        { what: "10 MB in a shell: memory, MB", value: worst.mb, max: LARGE_MB },
      ],
    };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

export async function benchTriage(effort: Effort): Promise<Part> {
  const beside = await besideMailauth(effort);
  const slow = await overSlowDns(effort);
  const large = await ofTenMegabytes(effort);
  return {
    title: "triage",
    notes: [
      `Milliseconds. First the ${String(beside.count)} whole messages of the suite that have a zone, DNS out of memory: the time of one message, median and slowest; ours verifies the signatures by mailauth too, and reads and decides besides. Of each message ours takes ${figure(beside.ratio)} times as long (median).`,
      "Then a header block of 20 KB, from the paste to the page, over a DNS server that answers after so long, nothing cached before.",
      "Then messages of 10,240,000 octets: the diagnosis alone, and the whole program in a shell from its start to its end, with the most memory it had (MB).",
    ],
    tables: [
      { columns: ["whole messages", "median", "slowest"], rows: beside.rows },
      { columns: ["DNS answers after", "answer after", "slowest", "over DNS"], rows: slow.rows },
      { columns: ["10 MB with", "diagnosis", "in a shell", "memory"], rows: large.rows },
    ],
    gates: [...slow.gates, ...large.gates],
  };
}
