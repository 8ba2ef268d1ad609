/** Key records (RFC 6376 §3.6.1): what the text at a selector says, and whether a verifier can use it. */
import { parseTags, tagOf, type Tag, type TagList } from "../text/tags.ts";
import { decodeP } from "./base64.ts";
import { breaks, type KeyIssue } from "./issues.ts";
import { SHOWN_MAX, STRING_MAX } from "./limits.ts";
import { looksLike } from "./looks.ts";
import { judgeKey, type Judged } from "./material.ts";
import { repairText } from "./repair.ts";
import { findPrivateKey } from "./secret.ts";
import { keyTypeOf, tagIssues } from "./tag-rules.ts";

export type { KeyIssue, KeyIssueKind, Looks, OtherFormat } from "./issues.ts";

/** "broken": no verifier that follows RFC 6376, 8301 and 8463 can use it. "revoked": `p=` is empty, all else is well. */
export type KeyStatus = "ok" | "revoked" | "broken";

export interface KeyRecord {
  /** As published, one character an octet; foreign. Where a private key lies in it, `PRIVATE_TEXT` stands instead. */
  text: string;
  status: KeyStatus;
  /** `k=` ("rsa" where it is left out), foreign where unknown; null where the text is no key. */
  keyType: string | null;
  /** Bits of the RSA modulus without leading zeros, 256 for Ed25519; null where no key could be read. */
  keyBits: number | null;
  /** "spki" or "pkcs1" for RSA, "raw" for Ed25519. */
  form: "spki" | "pkcs1" | "raw" | null;
  /** As read, after what was plainly pasted along is taken out; none where a private key lies in the text. */
  tags: readonly Tag[];
  issues: readonly KeyIssue[];
}

/** Stands for the text of a record in which a private key lies. */
export const PRIVATE_TEXT = "[private key left out]";

/** Reads a record from its joined text (`joinStrings`). Never throws; linear in the length. */
export function readKey(text: string): KeyRecord {
  const secret = findPrivateKey(text);
  if (secret !== null) return privateRecord(secret);
  const repaired = repairText(text);
  const list = parseTags(repaired.text);
  const looks = looksLike(repaired.text, list);
  if (looks !== null) {
    const issues: KeyIssue[] = [{ kind: "not-a-key", looks }];
    return { text, status: "broken", keyType: null, keyBits: null, form: null, tags: list.tags, issues };
  }
  const judged = judgeP(list, text.length);
  const leaked = judged.issues.find((issue) => issue.kind === "private-key");
  if (leaked !== undefined) return privateRecord(leaked);
  const issues = [...repaired.issues, ...tagIssues(list), ...judged.issues];
  return {
    text,
    status: statusOf(issues),
    keyType: typeOf(list),
    keyBits: judged.bits,
    form: judged.form,
    tags: list.tags,
    issues,
  };
}

/** Whether a text at a selector was meant as a key at all. */
export function isKey({ issues }: KeyRecord): boolean {
  return !issues.some(({ kind }) => kind === "not-a-key");
}

function typeOf(list: TagList): string {
  const value = tagOf(list, "k")?.value ?? "rsa";
  return keyTypeOf(value) ?? value.slice(0, SHOWN_MAX);
}

function statusOf(issues: readonly KeyIssue[]): KeyStatus {
  if (issues.some(breaks)) return "broken";
  return issues.some(({ kind }) => kind === "revoked") ? "revoked" : "ok";
}

function judgeP(list: TagList, length: number): Judged {
  const value = tagOf(list, "p")?.value;
  if (value === undefined) return { bits: null, form: null, issues: [{ kind: "no-p" }] };
  const { octets, issues } = decodeP(value);
  if (octets === null) return { bits: null, form: null, issues };
  // RFC 6376 §6.1.2 step 7
  if (octets.length === 0 && issues.every(({ kind }) => kind !== "base64-length"))
    return { bits: null, form: null, issues: [...issues, { kind: "revoked" }] };
  const declared = tagOf(list, "k")?.value;
  const keyType = keyTypeOf(declared ?? "rsa");
  // Nobody can tell what the octets of an unknown type should be; the tag's own issue says so.
  if (keyType === null) return { bits: null, form: null, issues };
  const seam = length % STRING_MAX === 0;
  const judged = judgeKey(keyType, { octets, declared: declared !== undefined, seam });
  return { ...judged, issues: [...issues, ...judged.issues] };
}

/** Nothing of such a text is kept: whoever shows a record or its issues shows no private key. */
function privateRecord(issue: KeyIssue): KeyRecord {
  return {
    text: PRIVATE_TEXT,
    status: "broken",
    keyType: null,
    keyBits: null,
    form: null,
    tags: [],
    issues: [issue],
  };
}
