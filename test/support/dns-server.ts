/**
 * A real DNS server in the process, over UDP and TCP on a loopback port of its own, that serves a literal zone: as a resolver where
 * recursion is asked for, as an authoritative server otherwise; right, slow, or wrong by name of a fault.
 */
import dgram from "node:dgram";
import net from "node:net";
import { openZone, recordsOf } from "../../src/dns/zone.ts";
import type { Zone, ZoneName } from "../../src/dns/zone.ts";
import type { Clock, FailureReason, RecordData, RecordType } from "../../src/ports.ts";
import { systemClock } from "../../adapters/clock.ts";
import { FAULTS, right } from "./dns-faults.ts";
import type { Deed, FaultName, Situation } from "./dns-faults.ts";
import { CODES, FLAGS, readQuery, wireData, wireEde, wireOpt, wireRecord } from "./dns-wire.ts";
import type { WireMessage, WireQuery } from "./dns-wire.ts";

/** What came in. */
export interface Logged {
  /** "TYPE65" where the type has no name here. */
  type: string;
  /** As it was asked, lower case. */
  name: string;
  transport: "udp" | "tcp";
  recursion: boolean;
  edns: number | undefined;
}

/** How the server behaves; may be changed while it runs. */
export interface ServerBehaviour {
  zone: Zone;
  /** Asked before the zone, for worlds that are made up on the way; undefined: the zone is asked. */
  answer: ((question: { name: string; type: RecordType | undefined }) => ZoneName | undefined) | undefined;
  /** Milliseconds before each answer. */
  delayMs: number;
  /** For every question, or by lower-case name. */
  fault: FaultName | Readonly<Record<string, FaultName>> | undefined;
  /** The SOA of negative answers; null: there is none. */
  negative: { ttl: number; minimum: number } | null;
  /** AD in every answer. */
  authenticated: boolean;
  /** Goes along with SERVFAIL. */
  ede: { code: number; text: string } | undefined;
  /** Keeps `log`. */
  logging: boolean;
}

export interface ServerOptions extends Partial<ServerBehaviour> {
  /** Default 127.0.0.1. */
  address?: string;
  port?: number;
  /** False: TCP connections are refused. */
  tcp?: boolean;
  /** For delays. */
  clock?: Clock;
}

export interface DnsServer {
  /** "127.0.0.1:40053", as `createDns` takes it. */
  readonly address: string;
  readonly port: number;
  /** Changes the behaviour from now on; what is not named stays. */
  set(change: Partial<ServerBehaviour>): void;
  readonly log: Logged[];
  readonly counts: { udp: number; tcp: number };
  close(): Promise<void>;
}

const DEFAULT_TTL = 300;
const PLAIN_SIZE = 512;
const ALIASES_MAX = 16;
/** Octets kernel buffers hold, so that bursts are not lost. */
const BUFFER = 4 * 2 ** 20;
const DRIP_MS = 3;

const DEFAULTS: ServerBehaviour = {
  zone: {},
  answer: undefined,
  delayMs: 0,
  fault: undefined,
  negative: { ttl: 300, minimum: 300 },
  authenticated: false,
  ede: undefined,
  logging: true,
};

const RCODES: Readonly<Record<FailureReason, number | undefined>> = {
  timeout: undefined,
  servfail: 2,
  refused: 5,
  malformed: undefined,
  blocked: 2,
  budget: 2,
};

type Find = (name: string) => ZoneName | undefined;

const SOA: RecordData["SOA"] = {
  mname: "ns.invalid",
  rname: "hostmaster.invalid",
  serial: 1,
  refresh: 3600,
  retry: 600,
  expire: 86400,
  minimum: 300,
};

function recordOctets(zoneName: ZoneName, type: RecordType, owner: string): Buffer[] {
  const ttl = zoneName.ttl ?? DEFAULT_TTL;
  return recordsOf(zoneName, type).map((data) =>
    wireRecord({ owner, code: CODES[type], ttl, data: wireData(type, data) }),
  );
}

/** Whether the zone leaves a name to others: an NS set above or at it, below a name with SOA or the root. */
function cutAbove(find: Find, name: string): string | undefined {
  const labels = name.split(".");
  for (let from = labels.length - 1; from >= 0; from--) {
    const above = labels.slice(from).join(".");
    const found = find(above);
    if (found?.NS !== undefined && found.SOA === undefined) return above;
  }
  return undefined;
}

/** What the zone has to say, or that it says nothing, or nothing that can be read. */
function rightAnswer(
  query: WireQuery,
  behaviour: ServerBehaviour,
  find: Find,
): WireMessage | "drop" | "garbage" {
  const { answer: hook, negative, ede } = behaviour;
  const { type } = query;
  const look = (name: string) => hook?.({ name: name.toLowerCase(), type }) ?? find(name);
  const message: WireMessage = {
    id: query.id,
    flags:
      FLAGS.QR |
      (query.recursion ? FLAGS.RD | FLAGS.RA : FLAGS.AA) |
      (behaviour.authenticated ? FLAGS.AD : 0),
    rcode: 0,
    questions: [query.question],
    answer: [],
    authority: [],
    additional: query.edns === undefined ? [] : [wireOpt()],
  };
  const soa = (): void => {
    if (negative === null) return;
    const data = wireData("SOA", { ...SOA, minimum: negative.minimum });
    message.authority.push(wireRecord({ owner: "", code: CODES.SOA, ttl: negative.ttl, data }));
  };
  let owner = query.name;
  for (let step = 0; step <= ALIASES_MAX; step++) {
    const wireOwner = step === 0 ? "@" : owner;
    const cut = query.recursion ? undefined : cutAbove(look, owner);
    if (cut !== undefined && !(type === "DS" && cut === owner)) {
      message.flags &= ~FLAGS.AA;
      message.authority.push(...recordOctets(look(cut)!, "NS", cut));
      return message;
    }
    const found = look(owner);
    const fail = typeof found?.fail === "object" ? type && found.fail[type] : found?.fail;
    if (fail !== undefined) {
      const rcode = RCODES[fail];
      if (rcode === undefined) return fail === "malformed" ? "garbage" : "drop";
      const option = ede === undefined ? undefined : wireEde(ede.code, ede.text);
      return {
        ...message,
        rcode,
        answer: [],
        additional: query.edns === undefined ? [] : [wireOpt(0, 0, option)],
      };
    }
    if (found === undefined) {
      // An authoritative server leaves the target of an alias to others.
      if (step > 0 && !query.recursion) return message;
      message.rcode = 3;
      soa();
      return message;
    }
    if (found.CNAME !== undefined && type !== "CNAME") {
      message.answer.push(...recordOctets(found, "CNAME", wireOwner));
      owner = found.CNAME;
      continue;
    }
    const records = type === undefined ? [] : recordOctets(found, type, wireOwner);
    if (records.length === 0) soa();
    message.answer.push(...records);
    return message;
  }
  return message;
}

/** Sends the octets of a message over a connection as the deed wants them. */
function writeTcp(socket: net.Socket, packet: Buffer, { tcp }: Deed): void {
  const framed = Buffer.concat([Buffer.of(packet.length >> 8, packet.length & 0xff), packet]);
  if (tcp === undefined) socket.write(framed);
  else if (tcp === "cut") socket.end(framed.subarray(0, framed.length >> 1));
  else if (tcp === "reset") socket.resetAndDestroy();
  else if (tcp === "drip" || tcp === "drip-on")
    drip(socket, tcp === "drip" ? framed : framed.subarray(0, -1));
}

function drip(socket: net.Socket, octets: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at === octets.length) clearInterval(timer);
    else socket.write(octets.subarray(at, ++at));
  }, DRIP_MS);
  timer.unref();
}

/** Cuts a stream into messages by the length before each. */
function framesOf(onFrame: (packet: Buffer) => void): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      onFrame(held.subarray(2, end));
      held = held.subarray(end);
    }
  };
}

function bindUdp(address: string, port: number): Promise<dgram.Socket> {
  const family = net.isIPv6(address) ? 6 : 4;
  // Addresses are literal: no look-up for each answer.
  const socket = dgram.createSocket({
    type: family === 6 ? "udp6" : "udp4",
    lookup: (host, _options, done) => {
      done(null, host, family);
    },
  });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => {
      socket.removeListener("error", reject);
      socket.on("error", () => undefined);
      socket.setRecvBufferSize(BUFFER);
      socket.setSendBufferSize(BUFFER);
      resolve(socket);
    });
  });
}

function listenTcp(
  address: string,
  port: number,
  onSocket: (socket: net.Socket) => void,
): Promise<net.Server> {
  const server = net.createServer({ noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      resolve(server);
    });
  });
}

/** Both transports on one port; another port is tried where TCP's is taken. */
async function bindBoth(
  options: ServerOptions,
  address: string,
  onSocket: (socket: net.Socket) => void,
): Promise<{ udp: dgram.Socket; tcp: net.Server | undefined; port: number }> {
  for (let tries = 0; ; tries++) {
    const udp = await bindUdp(address, options.port ?? 0);
    const { port } = udp.address();
    if (options.tcp === false) return { udp, tcp: undefined, port };
    try {
      return { udp, tcp: await listenTcp(address, port, onSocket), port };
    } catch (error) {
      udp.close();
      if (tries === 20 || options.port !== undefined) throw error;
    }
  }
}

/** Starts a server; `close` it. */
export async function startDnsServer(options: ServerOptions = {}): Promise<DnsServer> {
  const { address = "127.0.0.1", clock = systemClock } = options;
  let behaviour: ServerBehaviour = { ...DEFAULTS, ...options };
  let find = openZone(behaviour.zone);
  /** Right answers by question, RD, EDNS and transport: what stands before and behind the question. */
  let kept = new Map<string, { header: Buffer; tail: Buffer }>();
  const asked = new Map<string, number>();
  const log: Logged[] = [];
  const counts = { udp: 0, tcp: 0 };
  const connections = new Set<net.Socket>();
  /** Ends what would still be said after `close`. */
  const delayed = new Set<() => void>();
  const liars = new Map<"port" | "address", dgram.Socket | undefined>();

  function decide(query: WireQuery, transport: "udp" | "tcp"): Deed {
    const name = query.name.toLowerCase();
    const key = `${String(query.type)} ${name}`;
    const nth = asked.get(key) ?? 0;
    asked.set(key, nth + 1);
    const room = transport === "tcp" ? 65_535 : Math.max(PLAIN_SIZE, query.edns ?? PLAIN_SIZE);
    const message = rightAnswer(query, behaviour, find);
    if (message === "drop") return {};
    if (message === "garbage")
      return { packets: [Buffer.from([query.id >> 8, query.id & 0xff, 0x81, 0x80])] };
    const copy = () => copyOf(message);
    const situation: Situation = { query, transport, nth, room, right: copy };
    const fault = typeof behaviour.fault === "object" ? behaviour.fault[name] : behaviour.fault;
    return fault === undefined ? right(situation) : FAULTS[fault](situation);
  }

  /** The answer, where nothing is to be decided anew: the same as last time, under this id and this spelling. */
  function again(packet: Buffer, query: WireQuery, key: string): Buffer | undefined {
    const found = kept.get(key);
    if (found === undefined) return undefined;
    const { header, tail } = found;
    const out = Buffer.allocUnsafe(header.length + query.question.length + tail.length);
    header.copy(out);
    out[0] = packet[0]!;
    out[1] = packet[1]!;
    query.question.copy(out, header.length);
    tail.copy(out, header.length + query.question.length);
    return out;
  }

  function keyOf(packet: Buffer, query: WireQuery): string {
    const question = packet.toString("latin1", 12, 12 + query.question.length).toLowerCase();
    return `${query.recursion ? "r" : "a"}${query.edns ?? ""}/${question}`;
  }

  function onUdp(packet: Buffer, from: { address: string; port: number }): void {
    counts.udp++;
    const plain = behaviour.fault === undefined && behaviour.delayMs === 0 && behaviour.answer === undefined;
    const query = readQuery(packet);
    if (query === undefined) return;
    note(query, "udp");
    const key = plain ? keyOf(packet, query) : "";
    const known = plain ? again(packet, query, key) : undefined;
    if (known !== undefined) {
      udp.send(known, from.port, from.address);
      return;
    }
    const deed = decide(query, "udp");
    const [first] = deed.packets ?? [];
    if (plain && first !== undefined && first.length > 12)
      kept.set(key, {
        header: Buffer.from(first.subarray(0, 12)),
        tail: Buffer.from(first.subarray(12 + query.question.length)),
      });
    later(deed, () => {
      const socket = deed.from === undefined ? udp : liars.get(deed.from);
      for (const each of deed.packets ?? []) socket?.send(each, from.port, from.address);
    });
  }

  function onSocket(socket: net.Socket): void {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => undefined);
    socket.on(
      "data",
      framesOf((packet) => {
        counts.tcp++;
        const query = readQuery(packet);
        if (query === undefined) return;
        note(query, "tcp");
        const deed = decide(query, "tcp");
        later(deed, () => {
          if (deed.tcp === "reset") socket.resetAndDestroy();
          else if (deed.tcp !== "silent") for (const each of deed.packets ?? []) writeTcp(socket, each, deed);
        });
      }),
    );
  }

  function note({ type, name, recursion, edns, question }: WireQuery, transport: "udp" | "tcp"): void {
    if (!behaviour.logging) return;
    const code = question.readUInt16BE(question.length - 4);
    log.push({ type: type ?? `TYPE${code}`, name: name.toLowerCase(), transport, recursion, edns });
  }

  function later(deed: Deed, act: () => void): void {
    const ms = deed.delayMs ?? behaviour.delayMs;
    if (ms === 0) {
      act();
      return;
    }
    const cancel = clock.after(ms, () => {
      delayed.delete(cancel);
      act();
    });
    delayed.add(cancel);
  }

  const { udp, tcp, port } = await bindBoth(options, address, onSocket);
  udp.on("message", onUdp);
  liars.set("port", await bindUdp(address, 0));
  // Only Linux has all of 127/8; elsewhere nothing can be sent from there, and so nothing is.
  liars.set("address", await bindUdp("127.0.0.2", port).catch(() => undefined));

  return {
    address: net.isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`,
    port,
    log,
    counts,
    set(change) {
      behaviour = { ...behaviour, ...change };
      find = openZone(behaviour.zone);
      kept = new Map();
    },
    async close() {
      for (const cancel of delayed) cancel();
      for (const socket of connections) socket.destroy();
      for (const socket of liars.values()) socket?.close();
      await Promise.all([
        new Promise<void>((resolve) => {
          udp.close(resolve);
        }),
        new Promise<void>((resolve) => {
          if (tcp === undefined) resolve();
          else
            tcp.close(() => {
              resolve();
            });
        }),
      ]);
    },
  };
}

/** A copy whose lists and octets a fault may change. */
function copyOf(message: WireMessage): WireMessage {
  const copy = (octets: Buffer[]) => octets.map((each) => Buffer.from(each));
  const { questions, answer, authority, additional } = message;
  return {
    ...message,
    questions: copy(questions),
    answer: copy(answer),
    authority: copy(authority),
    additional: copy(additional),
  };
}
