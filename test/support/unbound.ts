/** Debian's unbound on loopback: a caching resolver that knows no other name servers than those it is given. */
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { endOf, freePort, until } from "./knot.ts";

const run = promisify(execFile);
const UNBOUND = "/usr/sbin/unbound";
const CONTROL = "/usr/sbin/unbound-control";
const ADDRESS = "127.0.0.1";

export interface Unbound {
  /** "127.0.0.1:40053", as `DNS_SERVERS` wants it. */
  server: string;
  /** Forgets all it knows of a zone, as if every TTL were over. */
  flush(zone: string): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

function configOf(folder: string, port: number, stubs: Readonly<Record<string, readonly string[]>>): string {
  const clauses = Object.entries(stubs).map(
    ([zone, servers]) =>
      `stub-zone:\n  name: "${zone}"\n${servers.map((server) => `  stub-addr: ${server}\n`).join("")}`,
  );
  return `server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  interface: ${ADDRESS}@${String(port)}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "iterator"
  qname-minimisation: no
  unblock-lan-zones: yes
  local-zone: "test." nodefault
  num-threads: 1
  do-ip6: no
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "${folder}/control.sock"
${clauses.join("")}`;
}

/** Starts a resolver; `stubs`: zones with the places that hold them ("127.0.0.1@5353"). Whoever starts it stops it. */
export async function startUnbound(options: {
  stubs: Readonly<Record<string, readonly string[]>>;
}): Promise<Unbound> {
  const folder = mkdtempSync(path.join(tmpdir(), "waxseal-unbound-"));
  const port = await freePort(ADDRESS);
  const config = path.join(folder, "unbound.conf");
  writeFileSync(config, configOf(folder, port, options.stubs));
  const child = spawn(UNBOUND, ["-d", "-c", config], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  const control = (...words: string[]): Promise<boolean> =>
    run(CONTROL, ["-c", config, ...words]).then(
      () => true,
      () => false,
    );
  await until(
    () => control("status"),
    () => `unbound does not start:\n${said}`,
  );
  return {
    server: `${ADDRESS}:${String(port)}`,
    async flush(zone) {
      if (!(await control("flush_zone", zone))) throw new Error(`unbound does not flush ${zone}:\n${said}`);
    },
    async stop() {
      await endOf(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
