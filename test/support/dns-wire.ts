/** The test server's own reader and writer of DNS messages: it shares no line with the client's codec, so that they check each other. */
import type { RecordData, RecordType } from "../../src/ports.ts";

export const CODES: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  DS: 43,
  DNSKEY: 48,
  TLSA: 52,
  SPF: 99,
  CAA: 257,
};

const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as RecordType]));

/** A query as it came in. */
export interface WireQuery {
  id: number;
  recursion: boolean;
  /** The question's octets, name, type and class. */
  question: Buffer;
  /** The name in presentation form, as it was asked. */
  name: string;
  type: RecordType | undefined;
  /** The size that EDNS announces; undefined without EDNS. */
  edns: number | undefined;
}

function spell(octet: number): string {
  const char = String.fromCharCode(octet);
  if (char === "." || char === "\\") return `\\${char}`;
  return octet > 0x20 && octet < 0x7f ? char : `\\${String(octet).padStart(3, "0")}`;
}

/** Reads a query; undefined where it is none that a client of ours would send. */
export function readQuery(packet: Buffer): WireQuery | undefined {
  if (packet.length < 17 || packet.readUInt16BE(4) !== 1) return undefined;
  let at = 12;
  const labels: string[] = [];
  for (;;) {
    const length = packet[at++];
    if (length === undefined || length > 63) return undefined;
    if (length === 0) break;
    const label = packet.toString("latin1", at, at + length);
    labels.push(/^[\w-]*$/.test(label) ? label : [...packet.subarray(at, at + length)].map(spell).join(""));
    at += length;
  }
  if (at + 4 > packet.length) return undefined;
  const end = at + 4;
  // An OPT record is all that follows: root, 41, size.
  const hasOpt = packet[11] === 1 && packet.length >= end + 11 && packet.readUInt16BE(end + 1) === 41;
  return {
    id: packet.readUInt16BE(0),
    recursion: (packet[2]! & 1) === 1,
    question: packet.subarray(12, end),
    name: labels.join("."),
    type: TYPES.get(packet.readUInt16BE(at)),
    edns: hasOpt ? packet.readUInt16BE(end + 3) : undefined,
  };
}

/** A name as labels, without compression. Does not check lengths: faults are made of that. */
export function wireName(name: string): Buffer {
  const out: number[] = [];
  let label: number[] = [];
  const close = (): void => {
    if (label.length > 0) out.push(label.length, ...label);
    label = [];
  };
  for (let at = 0; at < name.length; at++) {
    if (name[at] === ".") close();
    else if (name[at] !== "\\") label.push(name.charCodeAt(at));
    else if (/^\d{3}/.test(name.slice(at + 1))) {
      label.push(Number(name.slice(at + 1, at + 4)));
      at += 3;
    } else label.push(name.charCodeAt(++at));
  }
  close();
  return Buffer.from([...out, 0]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function wireIpv6(text: string): Buffer {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (dotted !== null) {
    const [high, low] = [
      [dotted[2], dotted[3]],
      [dotted[4], dotted[5]],
    ].map(([a, b]) => (Number(a) * 256 + Number(b)).toString(16));
    return wireIpv6(`${dotted[1]!}${high!}:${low!}`);
  }
  const [left, right] = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const tail = right ?? [];
  const groups = [...left!, ...Array<string>(8 - left!.length - tail.length).fill("0"), ...tail];
  return Buffer.concat(groups.map((group) => u16(Number.parseInt(group, 16))));
}

function wireStrings(strings: readonly Uint8Array[]): Buffer {
  return Buffer.concat(strings.flatMap((string) => [Buffer.of(string.length), string]));
}

const WRITERS: { readonly [T in RecordType]: (data: RecordData[T]) => Buffer } = {
  A: (address) => Buffer.from(address.split(".").map(Number)),
  AAAA: wireIpv6,
  TXT: wireStrings,
  SPF: wireStrings,
  MX: ({ preference, exchange }) => Buffer.concat([u16(preference), wireName(exchange)]),
  CNAME: wireName,
  PTR: wireName,
  NS: wireName,
  SOA: ({ mname, rname, serial, refresh, retry, expire, minimum }) =>
    Buffer.concat([wireName(mname), wireName(rname), ...[serial, refresh, retry, expire, minimum].map(u32)]),
  TLSA: ({ usage, selector, matching, data }) => Buffer.concat([Buffer.of(usage, selector, matching), data]),
  CAA: ({ flags, tag, value }) =>
    Buffer.concat([Buffer.of(flags, tag.length), Buffer.from(tag, "latin1"), value]),
  DS: ({ keyTag, algorithm, digestType, digest }) =>
    Buffer.concat([u16(keyTag), Buffer.of(algorithm, digestType), digest]),
  DNSKEY: ({ flags, protocol, algorithm, key }) =>
    Buffer.concat([u16(flags), Buffer.of(protocol, algorithm), key]),
};

/** The data of a record on the wire. */
export function wireData<T extends RecordType>(type: T, data: RecordData[T]): Buffer {
  return WRITERS[type](data);
}

/** One record on its way out. */
export interface WireRecord {
  /** Presentation form, or octets as they are; "@" means a pointer to the question. */
  owner: string | Buffer;
  code: number;
  class?: number;
  ttl: number;
  data: Buffer;
  /** Written in place of the data's length. */
  length?: number;
}

/** The pointer to the question's name. */
const POINTER = Buffer.of(0xc0, 12);

/** A record's octets. */
export function wireRecord({
  owner,
  code,
  class: cls = 1,
  ttl,
  data,
  length = data.length,
}: WireRecord): Buffer {
  const name = typeof owner !== "string" ? owner : owner === "@" ? POINTER : wireName(owner);
  return Buffer.concat([name, u16(code), u16(cls), u32(ttl), u16(length), data]);
}

/** A message on its way out; what is wrong with it is written as it stands. */
export interface WireMessage {
  id: number;
  /** The second header word without rcode. */
  flags: number;
  rcode: number;
  questions: Buffer[];
  answer: Buffer[];
  authority: Buffer[];
  additional: Buffer[];
  /** In place of the number of answers. */
  ancount?: number;
}

/** Flags of the second header word. */
export const FLAGS = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, AD: 0x0020 } as const;

/** An OPT record; `options` are its data. */
export function wireOpt(rcode = 0, version = 0, options: Buffer = Buffer.alloc(0)): Buffer {
  return wireRecord({
    owner: "",
    code: 41,
    class: 1232,
    ttl: (rcode >> 4) * 2 ** 24 + version * 2 ** 16,
    data: options,
  });
}

/** An extended error as an EDNS option. RFC 8914 §2. */
export function wireEde(code: number, text: string): Buffer {
  const octets = Buffer.from(text);
  return Buffer.concat([u16(15), u16(2 + octets.length), u16(code), octets]);
}

/** A message's octets. */
export function wireMessage(message: WireMessage): Buffer {
  const { questions, answer, authority, additional } = message;
  const header = Buffer.concat(
    [
      message.id,
      message.flags | (message.rcode & 0x0f),
      questions.length,
      message.ancount ?? answer.length,
      authority.length,
      additional.length,
    ].map(u16),
  );
  return Buffer.concat([header, ...questions, ...answer, ...authority, ...additional]);
}
