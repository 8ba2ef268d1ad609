/** A real PostgreSQL server of its own: Debian's binaries, a folder of its own, any free port, never root. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const DEBIAN = "/usr/lib/postgresql";
const run = promisify(execFile);

export interface Postgres {
  /** A new, empty database; gives its URL. */
  database(): Promise<string>;
  /** One statement in the database that always exists. */
  ask(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends the server at once, as a power cut would. */
  crash(): Promise<void>;
  /** Starts it again after a crash, on the same port. */
  start(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/** The folder of the newest server's programs, or null where none is installed. */
function binaries(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  const found = versions.map((version) => path.join(DEBIAN, version, "bin"));
  return found.find((folder) => existsSync(path.join(folder, "initdb"))) ?? null;
}

/** Why tests with a real server do not run, or null. In CI there is no such reason. */
export function whyNoPostgres(): string | null {
  if (binaries() !== null) return null;
  const why = `no PostgreSQL below ${DEBIAN}: apt-get install -y postgresql`;
  if (process.env["CI"] === "true") throw new Error(why);
  console.warn(`skipped: ${why}`);
  return why;
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = new Map(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name = "", , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  const user = users.get("postgres") ?? users.get("nobody");
  if (user === undefined) throw new Error("PostgreSQL refuses to run as root, and there is no other user");
  return user;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Starts a server; whoever starts it stops it. */
export async function startPostgres(): Promise<Postgres> {
  const bin = binaries();
  if (bin === null) throw new Error("no PostgreSQL");
  const user = unprivileged();
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-postgres-"));
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const as = { ...user, cwd: folder, env: { LC_ALL: "C", PATH: process.env["PATH"] ?? "" } };
  const data = path.join(folder, "data");
  await run(
    path.join(bin, "initdb"),
    ["-D", data, "-U", "waxseal", "-A", "trust", "-E", "UTF8", "--no-sync"],
    as,
  );
  const port = await freePort();
  const urlOf = (name: string): string => `postgres://waxseal@127.0.0.1:${String(port)}/${name}`;
  let child: ChildProcess | null = null;

  async function ask(sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: urlOf("postgres") });
    client.on("error", () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function start(): Promise<void> {
    // The disk is not under test: fsync off, a process that dies loses nothing of it.
    const options = ["-D", data, "-k", folder, "-p", String(port), "-h", "127.0.0.1", "-F"];
    const started = spawn(path.join(bin!, "postgres"), options, {
      ...as,
      stdio: ["ignore", "ignore", "pipe"],
    });
    child = started;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      started.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString("utf8");
        if (said.includes("ready to accept connections")) resolve();
      });
      started.once("exit", () => {
        reject(new Error(`PostgreSQL ended:\n${said}`));
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child!.once("exit", resolve));
    child.kill(signal);
    await ended;
    child = null;
  }

  await start();
  return {
    async database() {
      const name = `d${randomBytes(6).toString("hex")}`;
      await ask(`create database ${name}`);
      return urlOf(name);
    },
    ask,
    // SIGQUIT: immediate shutdown; the next start recovers from the log.
    crash: () => end("SIGQUIT"),
    start,
    async stop() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
