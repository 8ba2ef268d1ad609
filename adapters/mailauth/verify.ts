/** DKIM and ARC of a whole message, verified by mailauth; its questions go through our Dns port and nowhere else. */
import { Readable } from "node:stream";
import type { Dns } from "../../src/ports.ts";
import { joinStrings } from "../../src/text/octets.ts";
import type {
  SignatureReason,
  SignatureResult,
  VerifiedMessage,
  VerifiedSignature,
  VerifyMessage,
} from "../../src/triage/verify.ts";

/** Names of keys that one message may make us ask for. Source: suites/bad-inputs HDR-077. */
const KEY_NAMES_MAX = 20;
/** Longest word of the library that is kept, in characters. */
const DETAIL_MAX = 200;

/** A name that a key can lie at; nothing else of a message reaches DNS. */
const NAME = /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,126}$/;

/** What mailauth asks of a resolver: `dns.promises.resolve`, with its error codes. */
type Resolver = (name: string, type: string) => Promise<string[][]>;

interface Asked {
  resolver: Resolver;
  /** A question failed, or was not asked because there were too many. */
  failed: boolean;
}

const codeError = (code: string): Error => Object.assign(new Error(code), { code });

/** A resolver over the port: a failure is ETIMEOUT, which mailauth reads as temperror, never as "no key". */
function resolverOf(dns: Dns): Asked {
  const names = new Set<string>();
  const asked: Asked = { resolver: resolve, failed: false };
  async function resolve(name: string, type: string): Promise<string[][]> {
    const fail = (): Error => {
      asked.failed = true;
      return codeError("ETIMEOUT");
    };
    if (type !== "TXT") throw fail();
    if (!NAME.test(name)) throw codeError("EINVALIDVAL");
    names.add(name.toLowerCase());
    if (names.size > KEY_NAMES_MAX) throw fail();
    const answer = await dns.ask({ name, type: "TXT" });
    switch (answer.kind) {
      case "records":
        return answer.records.map((strings) => [joinStrings(strings)]);
      case "none":
        throw codeError(answer.why === "nxdomain" ? "ENOTFOUND" : "ENODATA");
      case "failed":
        throw fail();
    }
  }
  return asked;
}

/** What is read of mailauth's result of one signature. */
interface Row {
  signingDomain?: string;
  selector?: string;
  signature?: string;
  status: { result: string; comment?: string | false; policy?: Record<string, string> };
}

const RESULTS: ReadonlySet<string> = new Set<SignatureResult>([
  "pass",
  "fail",
  "neutral",
  "policy",
  "permerror",
  "temperror",
]);

/** mailauth's comments, by their first words. */
const COMMENTS: readonly (readonly [RegExp, SignatureReason])[] = [
  [/^body hash did not verify/, "body-hash"],
  [/^bad signature/, "bad-signature"],
  [/^no key/, "no-key"],
  [/^(?:invalid public key|unknown key|inappropriate (?:hash|key) algorithm|key not for email)/, "bad-key"],
  [/^expired/, "expired"],
  [/^weak algorithm/, "weak-algorithm"],
  [/^DNS failure/, "dns"],
  [
    /^(?:signature |From field|incompatible version|invalid expiration|unsupported|domain mismatch|unknown )/,
    "malformed",
  ],
];

const POLICIES: ReadonlyMap<string, SignatureReason> = new Map([
  ["weak-key", "weak-key"],
  ["weak-algorithm", "weak-algorithm"],
]);

function signatureOf({ signingDomain = "", selector = "", signature = "", status }: Row): VerifiedSignature {
  const result = RESULTS.has(status.result) ? (status.result as SignatureResult) : "permerror";
  const comment = status.comment === false ? undefined : status.comment;
  const policy = POLICIES.get(status.policy?.["dkim-rules"] ?? "");
  const told = COMMENTS.find(([pattern]) => comment !== undefined && pattern.test(comment))?.[1];
  const reason =
    result === "pass" ? "verified" : (policy ?? told ?? (result === "temperror" ? "dns" : "other"));
  return {
    domain: signingDomain.toLowerCase(),
    selector,
    value: signature.replace(/\s+/g, ""),
    result,
    reason,
    detail: comment?.slice(0, DETAIL_MAX) ?? null,
  };
}

const LF = 0x0a;
const CR = 0x0d;

/** Line ends as they were on the wire, in one pass: mailauth takes a message with bare LF line by line. */
function onTheWire(octets: Uint8Array): Buffer {
  const input = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let bare = 0;
  for (let at = input.indexOf(LF); at >= 0; at = input.indexOf(LF, at + 1))
    if (input[at - 1] !== CR) bare += 1;
  if (bare === 0) return input;
  const output = Buffer.allocUnsafe(input.length + bare);
  let from = 0;
  let to = 0;
  for (let at = input.indexOf(LF); at >= 0; at = input.indexOf(LF, at + 1)) {
    if (input[at - 1] === CR) continue;
    to += input.copy(output, to, from, at);
    output[to] = CR;
    to += 1;
    from = at;
  }
  input.copy(output, to, from);
  return output;
}

/** Octets that mailauth gets at once, as it would cut them itself. */
const CHUNK = 65_536;

/** A message in pieces that end where lines end: of a line that comes in pieces mailauth reads each anew with all before it. */
function* piecesOf(message: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < message.length) {
    const last = message.lastIndexOf(LF, from + CHUNK - 1);
    const next = last >= from ? last : message.indexOf(LF, from + CHUNK);
    const to = next < 0 ? message.length : next + 1;
    yield message.subarray(from, to);
    from = to;
  }
}

/** Signatures that are verified; each may want a hash of the whole body of its own. Source: suites/bad-inputs `dkim_signatures_checked`. */
const SIGNATURES_MAX = 10;
/** First octet of the name of a signature's field where there are too many. */
const SPARED = "X".charCodeAt(0);

/** Names in h=; no message that is read has more fields. Source: suites/bad-inputs `header_fields`. */
const SIGNED_MAX = 1_000;

/** Where a signature's field begins, and the rest of it. */
const SIGNATURE = /^DKIM-Signature[ \t]{0,100}:(?:[^\r\n]|\r?\n[ \t])*/gim;

/**
 * The message with what is too much to verify under another name: it is as if it were not signed so, and changes nothing that is told
 * of the other signatures.
 */
function withoutMany(message: Buffer): Buffer {
  const end = message.indexOf("\r\n\r\n");
  const header = message.toString("latin1", 0, end < 0 ? message.length : end);
  const fields = [...header.matchAll(SIGNATURE)];
  const spared = fields.filter(([field], at) => at >= SIGNATURES_MAX || field.split(":").length > SIGNED_MAX);
  if (spared.length === 0) return message;
  const changed = Buffer.from(message);
  for (const { index } of spared) changed[index] = SPARED;
  return changed;
}

const ARC_RESULTS: ReadonlySet<string> = new Set(["none", "pass", "fail"]);

/**
 * Verifies a message with mailauth in strict mode (RFC 6376, 8301, 8463, 8617). The library is loaded with the first message.
 * Never rejects: what it cannot read is "failed".
 */
export const verifyMessage: VerifyMessage = async ({ octets, now }, dns) => {
  try {
    const { arc, dkimVerify } = await import("mailauth");
    const asked = resolverOf(dns);
    const options = { resolver: asked.resolver, strict: true, curTime: new Date(now) };
    const dkim = await dkimVerify(
      Readable.from(piecesOf(withoutMany(onTheWire(octets))), { objectMode: false }),
      options,
    );
    const beforeArc = asked.failed;
    asked.failed = false;
    const chain = await arc(dkim.arc as never, { resolver: asked.resolver, strict: true });
    const rows = (dkim.results as readonly Row[]).filter(({ status }) => status.result !== "none");
    return {
      kind: "verified",
      signatures: rows.map(signatureOf),
      arc: arcOf(chain.status, beforeArc || asked.failed),
    } satisfies VerifiedMessage;
  } catch (error) {
    return {
      kind: "failed",
      detail: error instanceof Error ? error.message.slice(0, DETAIL_MAX) : "unknown",
    };
  }
};

/** mailauth calls a chain whose keys could not be looked up a failed one; that would be a fact nobody found. */
function arcOf(
  { result, comment }: { result: string; comment?: string | false },
  failed: boolean,
): VerifiedMessage["arc"] {
  const told = ARC_RESULTS.has(result) ? (result as "none" | "pass" | "fail") : "fail";
  const word = told === "fail" && failed ? "temperror" : told;
  return {
    result: word,
    detail: comment === undefined || comment === false ? null : comment.slice(0, DETAIL_MAX),
  };
}
