/** The codec against a second opinion (dns-packet), random octets, and every octet of a right answer changed. */
import packet from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeName, encodeQuery } from "../../../adapters/dns/codec.ts";
import type { Message } from "../../../adapters/dns/codec.ts";
import { FormatError, isWithin, readName, sameName } from "../../../adapters/dns/names.ts";
import { readAnswer } from "../../../adapters/dns/read.ts";
import { TYPE_CODES } from "../../../adapters/dns/rdata.ts";
import type { RecordType } from "../../../src/ports.ts";
import { FLAGS, wireEde, wireMessage, wireName, wireOpt, wireRecord } from "../../support/dns-wire.ts";

/** The message, or undefined where the codec refuses it. Anything but its own error fails the test. */
function decode(octets: Uint8Array): Message | undefined {
  try {
    return decodeMessage(octets);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

const TEXT = "v=spf1 -all";

/** A right answer: question, TXT record, OPT. */
function rightAnswer(text = TEXT): Buffer {
  const question = Buffer.concat([wireName("asked.test"), Buffer.of(0, 16, 0, 1)]);
  const data = Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
  return wireMessage({
    id: 4711,
    flags: FLAGS.QR | FLAGS.RD | FLAGS.RA,
    rcode: 0,
    questions: [question],
    answer: [wireRecord({ owner: "@", code: 16, ttl: 300, data })],
    authority: [],
    additional: [wireOpt()],
  });
}

/** The texts that a client would believe, or undefined where it believes none. */
function believed(octets: Uint8Array): string[] | undefined {
  const message = decode(octets);
  if (message === undefined) return undefined;
  const reading = readAnswer(message, "asked.test", "TXT", undefined);
  if (reading.kind !== "records") return undefined;
  return (reading.records as Uint8Array[][]).map((strings) => Buffer.concat(strings).toString("latin1"));
}

const label = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((octets) => [...octets].map((octet) => `\\${String(octet).padStart(3, "0")}`).join(""));
const hostName = fc
  .array(fc.stringMatching(/^[a-z\d_-]{1,20}$/), { minLength: 1, maxLength: 6 })
  .map((labels) => labels.join("."));

describe("reading what strangers send", () => {
  it("random octets are a message or the codec's own error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (octets) => {
        decode(octets);
      }),
      { numRuns: 3_000 },
    );
  });

  it("random octets behind a right header are a message or the codec's own error", () => {
    const counts = fc.tuple(...Array.from({ length: 4 }, () => fc.nat({ max: 3 })));
    fc.assert(
      fc.property(counts, fc.uint8Array({ maxLength: 200 }), (numbers, rest) => {
        decode(Buffer.from([0, 1, 0x81, 0x80, ...numbers.flatMap((each) => [0, each]), ...rest]));
      }),
      { numRuns: 3_000 },
    );
  });

  it("a right answer with octets changed is a message or the codec's own error", () => {
    const right = rightAnswer();
    const change = fc.tuple(fc.nat({ max: right.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const octets = Buffer.from(right);
        for (const [at, value] of changes) octets[at] = value;
        decode(octets);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("a right answer that was damaged", () => {
  const right = rightAnswer();

  it("is believed whole", () => {
    expect(believed(right)).toEqual([TEXT]);
  });

  it("is refused cut anywhere, and with anything behind it", () => {
    for (let length = 0; length < right.length; length++)
      expect(decode(right.subarray(0, length)), `cut to ${length}`).toBeUndefined();
    expect(decode(Buffer.concat([right, Buffer.of(0)]))).toBeUndefined();
  });

  it("gives the right text or none, whichever octet but the text's own is changed to whatever", () => {
    const text = right.indexOf(TEXT);
    for (let at = 0; at < right.length; at++) {
      if (at >= text && at < text + TEXT.length) continue;
      for (let value = 0; value < 256; value++) {
        const octets = Buffer.from(right);
        octets[at] = value;
        const told = believed(octets);
        if (told !== undefined && told.join("|") !== TEXT)
          expect(told, `octet ${at} = ${value}`).toEqual([TEXT]);
      }
    }
  });
});

describe("queries", () => {
  it("read by dns-packet, they ask what was meant", () => {
    const types = Object.entries(TYPE_CODES).filter(([type]) => type !== "SPF") as [RecordType, number][];
    fc.assert(
      fc.property(
        hostName,
        fc.constantFrom(...types),
        fc.nat({ max: 65_535 }),
        fc.boolean(),
        fc.boolean(),
        (name, [type, code], id, recursion, edns) => {
          const wire = encodeName(name);
          const query = packet.decode(
            encodeQuery({ wire, code, shape: { recursion, edns, authentic: false } }, id),
          );
          expect(query.id).toBe(id);
          expect(query.type).toBe("query");
          expect(query.flag_rd).toBe(recursion);
          expect(query.questions).toEqual([{ name, type, class: "IN" }]);
          expect(query.additionals?.map((each) => each.type)).toEqual(edns ? ["OPT"] : []);
          if (edns) expect(query.additionals![0]).toMatchObject({ udpPayloadSize: 1_232, flag_do: false });
        },
      ),
    );
  });

  it("read by ourselves, they are queries and no answers", () => {
    const shape = { recursion: true, edns: true, authentic: true };
    const message = decode(encodeQuery({ wire: encodeName("asked.test"), code: 16, shape }, 1));
    expect(message).toMatchObject({ response: false, authenticated: true, edns: true, rcode: 0 });
  });
});

describe("answers written by dns-packet", () => {
  const name = "asked.test";
  const soa = {
    mname: "ns.test",
    rname: "who.test",
    serial: 4_294_967_295,
    refresh: 1,
    retry: 2,
    expire: 3,
    minimum: 4,
  };
  it.each([
    ["A", "192.0.2.1", "192.0.2.1"],
    ["AAAA", "2001:db8::1", "2001:db8::1"],
    [
      "TXT",
      [Buffer.from("v=spf1 "), Buffer.from("-all")],
      [Uint8Array.from(Buffer.from("v=spf1 ")), Uint8Array.from(Buffer.from("-all"))],
    ],
    ["MX", { preference: 10, exchange: "mx.asked.test" }, { preference: 10, exchange: "mx.asked.test" }],
    ["CNAME", "other.asked.test", "other.asked.test"],
    ["PTR", "other.test", "other.test"],
    ["NS", "ns.asked.test", "ns.asked.test"],
    ["SOA", soa, soa],
    [
      "CAA",
      { flags: 128, tag: "issue", value: "ca.test", issuerCritical: true },
      { flags: 128, tag: "issue", value: Uint8Array.from(Buffer.from("ca.test")) },
    ],
    [
      "DS",
      { keyTag: 1, algorithm: 13, digestType: 2, digest: Buffer.of(7) },
      { keyTag: 1, algorithm: 13, digestType: 2, digest: Uint8Array.of(7) },
    ],
    [
      "DNSKEY",
      { flags: 257, algorithm: 13, key: Buffer.of(5, 6) },
      { flags: 257, protocol: 3, algorithm: 13, key: Uint8Array.of(5, 6) },
    ],
    [
      "TLSA",
      { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.of(1, 2) },
      { usage: 3, selector: 1, matching: 1, data: Uint8Array.of(1, 2) },
    ],
  ])("%s is read as it was written", (type, written, read) => {
    const octets = packet.encode({
      type: "response",
      id: 7,
      flags: packet.AUTHENTIC_DATA,
      questions: [{ type, name }],
      answers: [{ type, name, ttl: 60, class: "IN", data: written }],
    } as unknown as packet.Packet);
    const message = decode(octets);
    expect(message).toMatchObject({ id: 7, response: true, authenticated: true, truncated: false });
    expect(message?.answer).toEqual([{ name, code: TYPE_CODES[type as RecordType], ttl: 60, data: read }]);
  });

  it("texts of any octets are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 5 }), (strings) => {
        const octets = packet.encode({
          type: "response",
          questions: [{ type: "TXT", name }],
          answers: [{ type: "TXT", name, ttl: 1, data: strings.map((each) => Buffer.from(each)) }],
        });
        expect(decode(octets)?.answer[0]?.data).toEqual(strings.map((each) => Uint8Array.from(each)));
      }),
    );
  });
});

describe("names", () => {
  it("of any octets come back as they went", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
        const wire = encodeName(labels.join("."));
        const bytes = Buffer.concat([Buffer.alloc(12), wire]);
        const name = readName({ bytes, at: 12 });
        expect(encodeName(name)).toEqual(wire);
      }),
    );
  });

  it.each([
    ["a.b", "A.B", true],
    ["a.b", "a.c", false],
    ["a.b", "a.b.c", false],
  ])("%s and %s are one name: %s", (a, b, same) => {
    expect(sameName(a, b)).toBe(same);
  });

  it.each([
    ["a.example.com", "example.com", true],
    ["example.com", "example.com", true],
    ["a.example.com", "", true],
    ["notexample.com", "example.com", false],
    [String.raw`a\.example.com`, "example.com", false],
    [String.raw`a\\.example.com`, "example.com", true],
    ["com", "example.com", false],
  ])("%s lies within %j: %s", (name, above, within) => {
    expect(isWithin(name, above)).toBe(within);
  });
});

describe("EDNS", () => {
  const base = {
    id: 1,
    flags: FLAGS.QR,
    rcode: 0,
    questions: [Buffer.concat([wireName("asked.test"), Buffer.of(0, 16, 0, 1)])],
    answer: [],
    authority: [],
  };

  it("its upper bits make up the code, and the first extended error is told", () => {
    const options = Buffer.concat([wireEde(6, "bogus"), wireEde(7, "late")]);
    const message = decode(wireMessage({ ...base, additional: [wireOpt(16, 0, options)] }));
    expect(message?.rcode).toBe(16);
    expect(message?.ede?.code).toBe(6);
    expect(Buffer.from(message!.ede!.text).toString()).toBe("bogus");
  });

  it.each([
    ["twice", [wireOpt(), wireOpt()]],
    ["with a name", [wireRecord({ owner: "x.test", code: 41, class: 1232, ttl: 0, data: Buffer.alloc(0) })]],
    ["with an option cut short", [wireOpt(0, 0, Buffer.of(0, 15, 0, 9, 0))]],
    ["with an extended error without a code", [wireOpt(0, 0, Buffer.of(0, 15, 0, 1, 0))]],
  ])("it is refused %s", (_what, additional) => {
    expect(decode(wireMessage({ ...base, additional }))).toBeUndefined();
  });
});
