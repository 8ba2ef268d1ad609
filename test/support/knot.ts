/** Debian's knot on loopback: an authoritative name server whose zones are text files, edited and reloaded while a test runs. */
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PROGRAMS = ["/usr/sbin/knotd", "/usr/sbin/knotc", "/usr/bin/kdig", "/usr/sbin/unbound"] as const;
const [KNOTD, KNOTC, KDIG] = PROGRAMS;
const READY_MS = 10_000;
const LOOK_MS = 50;

/** Zones by name ("." is the root): lines of a zone file with absolute or relative names; the SOA is written by `startKnot`. */
export type ZoneTexts = Readonly<Record<string, readonly string[]>>;

export interface Knot {
  address: string;
  port: number;
  /** Writes the zone anew under a raised serial, and resolves when that serial is served. */
  publish(zone: string, lines: readonly string[]): Promise<void>;
  /** Ends the server and deletes its folder. */
  stop(): Promise<void>;
}

/** Why tests with real name servers do not run, or null. In CI there is no such reason. */
export function whyNoRealDns(): string | null {
  const missing = PROGRAMS.filter((program) => !existsSync(program));
  if (missing.length === 0) return null;
  const why = `no ${missing.join(", ")}: apt-get install -y knot knot-dnsutils unbound`;
  if (process.env["CI"] === "true") throw new Error(why);
  console.warn(`skipped: ${why}`);
  return why;
}

/** A port of `address` that is free for UDP and for TCP. */
export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const at = server.address();
  const port = typeof at === "object" && at !== null ? at.port : 0;
  const socket = createSocket("udp4");
  const isFree = await new Promise<boolean>((resolve) => {
    socket.once("error", () => {
      resolve(false);
    });
    socket.bind(port, address, () => {
      resolve(true);
    });
  });
  if (isFree) socket.close();
  await new Promise((resolve) => server.close(resolve));
  return isFree ? port : freePort(address);
}

/** Looks again until `look` says yes; throws with `why` where it never does. */
export async function until(look: () => Promise<boolean>, why: () => string): Promise<void> {
  const end = performance.now() + READY_MS;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(why());
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Ends a child and waits until it is gone. */
export async function endOf(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** The number behind the SOA's two names, as the server at this place says it; null where it does not answer. */
async function serialAt(address: string, port: number, zone: string): Promise<number | null> {
  const question = [`@${address}`, "-p", String(port), "+short", "+timeout=1", "+retry=0", zone, "SOA"];
  const { stdout } = await run(KDIG, question).catch(() => ({ stdout: "" }));
  const serial = Number(stdout.trim().split(" ")[2]);
  return Number.isInteger(serial) ? serial : null;
}

function configOf(folder: string, address: string, port: number, zones: readonly string[]): string {
  return `server:
    rundir: "${folder}/run"
    listen: ${address}@${String(port)}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
control:
    listen: "${folder}/knot.sock"
database:
    storage: "${folder}/db"
template:
  - id: default
    storage: "${folder}"
    file: "%s.zone"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
${zones.map((zone) => `  - domain: "${zone}"\n    file: "${fileOf(zone)}"`).join("\n")}
`;
}

const fileOf = (zone: string): string => (zone === "." ? "root.zone" : `${zone}.zone`);

/** Starts a server of `zones`; whoever starts it stops it. `minimum`: the negative TTL in seconds. */
export async function startKnot(options: {
  zones: ZoneTexts;
  address: string;
  minimum: number;
}): Promise<Knot> {
  const { zones, address, minimum } = options;
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-knot-"));
  for (const each of ["run", "db"]) mkdirSync(path.join(folder, each));
  const port = await freePort(address);
  const serials = new Map<string, number>();

  function write(zone: string, lines: readonly string[]): number {
    const serial = (serials.get(zone) ?? 0) + 1;
    serials.set(zone, serial);
    const origin = zone === "." ? "." : `${zone}.`;
    const soa = `@ IN SOA ns1.name-servers.test. host.name-servers.test. ${String(serial)} 3600 600 86400 ${String(minimum)}`;
    const text = [`$ORIGIN ${origin}`, "$TTL 300", soa, ...lines, ""].join("\n");
    writeFileSync(path.join(folder, fileOf(zone)), text, "latin1");
    return serial;
  }

  for (const [zone, lines] of Object.entries(zones)) write(zone, lines);
  const config = path.join(folder, "knot.conf");
  writeFileSync(config, configOf(folder, address, port, Object.keys(zones)));
  const child = spawn(KNOTD, ["-c", config], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });

  const served = (zone: string, serial: number): Promise<void> =>
    until(
      async () => (await serialAt(address, port, zone)) === serial,
      () => `knot does not serve ${zone} ${String(serial)}:\n${said}`,
    );
  for (const [zone, serial] of serials) await served(zone, serial);

  return {
    address,
    port,
    async publish(zone, lines) {
      const serial = write(zone, lines);
      await run(KNOTC, ["-c", config, "-b", "zone-reload", zone]);
      await served(zone, serial);
    },
    async stop() {
      await endOf(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
