/** Everything a name server or the network can do wrong, by name: the list of reference dns.md §4, and those of suites/bad-inputs. */
import { FLAGS, wireMessage, wireName, wireOpt, wireRecord } from "./dns-wire.ts";
import type { WireMessage, WireQuery } from "./dns-wire.ts";

/** What a fault has to go by. */
export interface Situation {
  query: WireQuery;
  transport: "udp" | "tcp";
  /** How often this name and type was asked before, by either transport. */
  nth: number;
  /** Octets that the asker can take. */
  room: number;
  /** A fresh copy of the right answer. */
  right: () => WireMessage;
}

/** What goes out instead of the right answer. Nothing of it: silence. */
export interface Deed {
  packets?: Buffer[];
  delayMs?: number;
  /** Where datagrams come from instead of the server's own address and port. */
  from?: "port" | "address";
  /** What happens to a TCP connection instead. */
  tcp?: "silent" | "drip" | "drip-on" | "cut" | "reset";
}

const EVIL = Buffer.from("v=spf1 +all");
const EVIL_TXT = Buffer.concat([Buffer.of(EVIL.length), EVIL]);

function evilRecord(owner: string | Buffer): Buffer {
  return wireRecord({ owner, code: 16, ttl: 300, data: EVIL_TXT });
}

/** The answer that must never be believed: the right question, the wrong text. */
function evil({ right }: Situation, change: Partial<WireMessage> = {}): Buffer {
  return wireMessage({ ...right(), rcode: 0, answer: [evilRecord("@")], authority: [], ...change });
}

function say(situation: Situation, change: (right: WireMessage) => Partial<WireMessage>): Deed {
  const right = situation.right();
  return { packets: [wireMessage({ ...right, ...change(right) })] };
}

function rcode(code: number): (situation: Situation) => Deed {
  return (situation) =>
    say(situation, () => ({
      rcode: code,
      answer: [],
      authority: [],
      additional: situation.query.edns === undefined ? [] : [wireOpt(code)],
    }));
}

/** The right answer, truncated where it does not fit. */
export function right(situation: Situation): Deed {
  const packet = wireMessage(situation.right());
  return { packets: [packet.length <= situation.room ? packet : truncated(situation)] };
}

function truncated(situation: Situation): Buffer {
  const message = situation.right();
  return wireMessage({ ...message, flags: message.flags | FLAGS.TC, answer: [], authority: [] });
}

/** TC over UDP, `deed` over TCP. */
function overTcp(deed: (situation: Situation) => Deed): (situation: Situation) => Deed {
  return (situation) =>
    situation.transport === "udp" ? { packets: [truncated(situation)] } : deed(situation);
}

/** A CNAME chain of `length` from the question on, with evil text at its end. */
function chain(length: number, end: Buffer[]): Buffer[] {
  const names = Array.from({ length }, (_, index) => `alias${index + 1}.test`);
  return [
    ...names.map((name, index) =>
      wireRecord({ owner: index === 0 ? "@" : names[index - 1]!, code: 5, ttl: 300, data: wireName(name) }),
    ),
    ...end,
  ];
}

function otherQuestion(question: Buffer): Buffer {
  const out = Buffer.from(question);
  // The first letter of the first label becomes another one.
  out[1] = out[1]! ^ 0x01;
  return out;
}

function withType(question: Buffer, type: number): Buffer {
  const out = Buffer.from(question);
  out.writeUInt16BE(type, out.length - 4);
  return out;
}

function withClass(question: Buffer, cls: number): Buffer {
  const out = Buffer.from(question);
  out.writeUInt16BE(cls, out.length - 2);
  return out;
}

function folded(question: Buffer): Buffer {
  const out = Buffer.from(question);
  for (let at = 0; at < out.length - 4; at++)
    if (out[at]! >= 0x41 && out[at]! <= 0x5a) out[at] = out[at]! | 0x20;
  return out;
}

/** The same letters, each in the other case: never what was asked. */
function flipped(question: Buffer): Buffer {
  const out = Buffer.from(question);
  for (let at = 0; at < out.length - 4; at++) {
    const letter = out[at]! | 0x20;
    if (letter >= 0x61 && letter <= 0x7a) out[at] = out[at]! ^ 0x20;
  }
  return out;
}

function cut(packet: Buffer, octets: number): Buffer {
  return packet.subarray(0, Math.max(0, packet.length - octets));
}

/** Each fault as what it does. Names follow the list of reference dns.md §4 in its order. */
export const FAULTS = {
  drop: () => ({}),
  "drop-first": (it) => (it.nth === 0 ? {} : right(it)),
  "slow-900": (it) => ({ ...right(it), delayMs: 900 }),
  "slow-5000": (it) => ({ ...right(it), delayMs: 5_000 }),
  servfail: rcode(2),
  refused: rcode(5),
  notimp: rcode(4),
  "formerr-on-edns": (it) =>
    it.query.edns === undefined
      ? right(it)
      : say(it, () => ({ rcode: 1, answer: [], authority: [], additional: [] })),
  /** The same as very old servers say it: a header and nothing else. RFC 6891 §7. */
  "formerr-bare": (it) =>
    it.query.edns === undefined
      ? right(it)
      : say(it, () => ({ rcode: 1, questions: [], answer: [], authority: [], additional: [] })),
  badvers: (it) =>
    it.query.edns === undefined ? right(it) : say(it, () => ({ answer: [], additional: [wireOpt(16)] })),
  "edns-ignored": (it) => say(it, () => ({ additional: [] })),
  "wrong-id": (it) => ({ packets: [evil(it, { id: (it.query.id + 1) & 0xffff })] }),
  "wrong-name": (it) => ({ packets: [evil(it, { questions: [otherQuestion(it.query.question)] })] }),
  "wrong-type": (it) => ({ packets: [evil(it, { questions: [withType(it.query.question, 1)] })] }),
  "case-not-echoed": (it) =>
    it.transport === "tcp" ? right(it) : say(it, () => ({ questions: [folded(it.query.question)] })),
  /** What a forger sends who does not see the question. */
  "case-forged": (it) =>
    it.transport === "tcp" ? right(it) : { packets: [evil(it, { questions: [flipped(it.query.question)] })] },
  "not-an-answer": (it) => ({ packets: [evil(it, { flags: FLAGS.RD })] }),
  "class-ch": (it) => ({ packets: [evil(it, { questions: [withClass(it.query.question, 3)] })] }),
  "no-question": (it) => ({
    packets: [evil(it, { questions: [], answer: [evilRecord(it.query.name)] })],
  }),
  "two-questions": (it) => ({ packets: [evil(it, { questions: [it.query.question, it.query.question] })] }),
  "other-port": (it) => ({ packets: [evil(it)], from: "port" }),
  "other-address": (it) => ({ packets: [evil(it)], from: "address" }),
  "foreign-owner": (it) => say(it, () => ({ rcode: 0, answer: [evilRecord("evil.test")], authority: [] })),
  "foreign-owner-beside": (it) => say(it, ({ answer }) => ({ answer: [evilRecord("evil.test"), ...answer] })),
  "cname-loop": (it) =>
    say(it, () => ({
      answer: [
        wireRecord({ owner: "@", code: 5, ttl: 300, data: wireName("loop.test") }),
        wireRecord({ owner: "loop.test", code: 5, ttl: 300, data: wireName(it.query.name) }),
        evilRecord("@"),
      ],
      authority: [],
    })),
  "cname-chain-9": (it) => say(it, () => ({ answer: chain(9, [evilRecord("alias9.test")]), authority: [] })),
  "cname-without-target": (it) =>
    say(it, () => ({
      rcode: 0,
      answer: [wireRecord({ owner: "@", code: 5, ttl: 30, data: wireName("target.test") })],
      authority: [],
    })),
  "cname-beside": (it) =>
    say(it, () => ({
      answer: [evilRecord("@"), wireRecord({ owner: "@", code: 5, ttl: 30, data: wireName("target.test") })],
      authority: [],
    })),
  "tc-misleading": (it) => {
    if (it.transport === "tcp") return right(it);
    const message = it.right();
    return {
      packets: [wireMessage({ ...message, flags: message.flags | FLAGS.TC, answer: [evilRecord("@")] })],
    };
  },
  "tc-tcp": overTcp(right),
  "tc-tcp-refused": overTcp(() => ({ tcp: "reset" })),
  "tc-tcp-silent": overTcp(() => ({ tcp: "silent" })),
  "tcp-drip": overTcp((it) => ({ ...right(it), tcp: "drip" })),
  /** One octet and another, and never the last. */
  "tcp-drip-on": overTcp((it) => ({ ...right(it), tcp: "drip-on" })),
  "tcp-cut": overTcp((it) => ({ ...right(it), tcp: "cut" })),
  "tcp-wrong-id": overTcp((it) => ({ packets: [evil(it, { id: (it.query.id + 1) & 0xffff })] })),
  "empty-datagram": () => ({ packets: [Buffer.alloc(0)] }),
  "cut-header": (it) => ({ packets: right(it).packets!.map((packet) => packet.subarray(0, 7)) }),
  /** Everything is there but the last octets of the last record: text that is shorter, and looks right. */
  "cut-body": (it) => ({
    packets: [cut(wireMessage({ ...it.right(), additional: [] }), 1)],
  }),
  "pointer-loop": (it) => {
    const at = 12 + it.query.question.length;
    const self = Buffer.of(0xc0 | (at >> 8), at & 0xff);
    return say(it, () => ({ answer: [evilRecord(self)] }));
  },
  "forward-pointer": (it) => {
    const at = 12 + it.query.question.length + 2;
    return say(it, () => ({ answer: [evilRecord(Buffer.of(0xc0 | (at >> 8), at & 0xff)), evilRecord("@")] }));
  },
  "rdlength-long": (it) =>
    say(it, () => ({
      answer: [wireRecord({ owner: "@", code: 16, ttl: 300, data: EVIL_TXT, length: EVIL_TXT.length + 40 })],
      additional: [],
    })),
  "rdlength-short": (it) =>
    say(it, () => ({
      answer: [wireRecord({ owner: "@", code: 16, ttl: 300, data: EVIL_TXT, length: EVIL_TXT.length - 4 })],
    })),
  "txt-overrun": (it) =>
    say(it, () => ({
      answer: [
        wireRecord({
          owner: "@",
          code: 16,
          ttl: 300,
          data: Buffer.concat([Buffer.of(EVIL.length + 5), EVIL]),
        }),
      ],
    })),
  "ancount-lies": (it) => say(it, ({ answer }) => ({ ancount: answer.length + 3 })),
  "ancount-lies-less": (it) => say(it, () => ({ answer: [evilRecord("@"), evilRecord("@")], ancount: 1 })),
  "records-300": (it) => {
    const one = wireRecord({ owner: "@", code: 16, ttl: 300, data: Buffer.of(0) });
    return say(it, () => ({ answer: Array<Buffer>(300).fill(one) }));
  },
  "ttl-2^31": (it) =>
    say(it, ({ answer }) => ({
      answer: answer.map((record) => {
        const out = Buffer.from(record);
        // The owner is a pointer to the question: type, class and then the TTL follow it.
        out.writeUInt32BE(2 ** 31, 6);
        return out;
      }),
    })),
  "negative-without-soa": (it) => say(it, () => ({ rcode: 0, answer: [], authority: [] })),
  "nxdomain-without-soa": (it) => say(it, () => ({ rcode: 3, answer: [], authority: [] })),
  /** Datagrams beyond one Ethernet frame never arrive. */
  "fragments-lost": (it) => {
    const { packets } = right(it);
    return it.transport === "udp" && packets![0]!.length > 1_472 ? {} : { packets: packets! };
  },
  "datagram-huge": (it) => ({
    packets: [Buffer.concat([evil(it), Buffer.alloc(it.transport === "udp" ? 4_096 : 1)])],
  }),
  referral: (it) =>
    say(it, ({ flags }) => ({
      flags: flags & ~FLAGS.AA & ~FLAGS.RA,
      rcode: 0,
      answer: [],
      authority: [
        wireRecord({
          owner: it.query.name.split(".").at(-1)!,
          code: 2,
          ttl: 300,
          data: wireName("ns.test"),
        }),
      ],
    })),
} satisfies Readonly<Record<string, (situation: Situation) => Deed>>;

export type FaultName = keyof typeof FAULTS;
