/** DKIM-Signature fields (RFC 6376 §3.5), and ARC-Message-Signatures, which are written alike (RFC 8617 §4.1.2). */
import { parseTags, tagOf, type TagList } from "../text/tags.ts";
import type { Field } from "./headers.ts";
import { hostName } from "./names.ts";

/** What is wrong with a signature as it stands, without a look at keys or body. */
export type SignatureFault =
  /** Not a list of tags, or a tag twice (§3.2). */
  | "syntax"
  | "repeated-tag"
  /** A tag that must be there is not: v, a, b, bh, d, h or s. */
  | "missing-tag"
  | "version"
  /** d= or s= is no name, so nothing is asked. */
  | "domain"
  | "selector"
  /** i= is not within d=. */
  | "identity"
  /** l=, t= or x= is no number, or one too large to mean anything. */
  | "length"
  | "time"
  /** x= is not after t=. */
  | "expires-before-signed"
  /** h= does not hold From (§5.4). */
  | "from-not-signed"
  /** rsa-sha1 (RFC 8301 §3.1). */
  | "sha1";

export interface Signature {
  /** d=, lower case A-labels; null where it is missing or no domain name. */
  domain: string | null;
  /** s=; null where it is missing or no selector. */
  selector: string | null;
  algorithm: string | null;
  canonicalization: string | null;
  /** i= */
  identity: string | null;
  /** h= in lower case, in order. */
  signed: string[];
  /** bh= and b= without white space. */
  bodyHash: string | null;
  value: string | null;
  /** t=, x=: seconds since 1970. */
  at: number | null;
  expires: number | null;
  /** l=: octets of the body that are signed. */
  length: number | null;
  faults: SignatureFault[];
  line: number;
}

const REQUIRED = ["v", "a", "b", "bh", "d", "h", "s"] as const;
/** Digits that a number keeps exactly, and more octets or seconds than there will be. */
const DIGITS_MAX = 12;
const LABELS = /^\w(?:[\w-]{0,61}\w)?(?:\.\w(?:[\w-]{0,61}\w)?)*$/;
const SELECTOR_MAX = 200;
/** Field names in h= that are kept. */
const SIGNED_MAX = 200;

/** A number of digits; null where the tag is missing, NaN where it is none. */
function numberOf(list: TagList, name: string): number | null {
  const value = tagOf(list, name)?.value;
  if (value === undefined) return null;
  const digits = value.replace(/^0+(?=\d)/, "");
  return /^\d+$/.test(digits) && digits.length <= DIGITS_MAX ? Number(digits) : Number.NaN;
}

const real = (value: number | null): number | null => (value === null || Number.isNaN(value) ? null : value);

const bare = (value: string | undefined): string | null => value?.replace(/[ \t\r\n]+/g, "") ?? null;

/** Reads a signature. `required`: the tags that must be there. Never throws. */
export function readSignature({ value, line }: Field, required: readonly string[] = REQUIRED): Signature {
  const list = parseTags(value);
  const tag = (name: string): string | undefined => tagOf(list, name)?.value;
  const domain = hostName(bare(tag("d")) ?? "");
  const said = bare(tag("s")) ?? "";
  const selector = said.length <= SELECTOR_MAX && LABELS.test(said) ? said : null;
  const at = numberOf(list, "t");
  const expires = numberOf(list, "x");
  const length = numberOf(list, "l");
  const signed = (tag("h") ?? "").slice(0, 10_000).toLowerCase().split(":", SIGNED_MAX);
  const signature: Signature = {
    domain,
    selector,
    algorithm: bare(tag("a"))?.toLowerCase() ?? null,
    canonicalization: bare(tag("c"))?.toLowerCase() ?? null,
    identity: bare(tag("i")),
    signed: signed.map((name) => name.trim()).filter((name) => name !== ""),
    bodyHash: bare(tag("bh")),
    value: bare(tag("b")),
    at: real(at),
    expires: real(expires),
    length: real(length),
    faults: [],
    line,
  };
  signature.faults = faultsOf(signature, list, { at, expires, length }, required);
  return signature;
}

interface Numbers {
  at: number | null;
  expires: number | null;
  length: number | null;
}

function faultsOf(
  { domain, selector, algorithm, identity, signed }: Signature,
  list: TagList,
  { at, expires, length }: Numbers,
  required: readonly string[],
): SignatureFault[] {
  const has = (name: string): boolean => tagOf(list, name) !== undefined;
  const rules: readonly (readonly [SignatureFault, boolean])[] = [
    ["syntax", list.bad.some(({ fault }) => fault !== "empty")],
    ["repeated-tag", list.repeated.length > 0],
    ["missing-tag", required.some((name) => !has(name))],
    ["version", required.includes("v") && has("v") && tagOf(list, "v")!.value !== "1"],
    ["domain", has("d") && domain === null],
    ["selector", has("s") && selector === null],
    ["identity", identity !== null && domain !== null && !isWithin(identity, domain)],
    ["length", Number.isNaN(length)],
    ["time", Number.isNaN(at) || Number.isNaN(expires)],
    ["expires-before-signed", at !== null && expires !== null && expires <= at],
    ["from-not-signed", has("h") && !signed.includes("from")],
    ["sha1", algorithm === "rsa-sha1"],
  ];
  return rules.filter(([, broken]) => broken).map(([fault]) => fault);
}

/** RFC 6376 §3.5: the domain of i= is d= or lies below it. ARC uses i= for a number. */
function isWithin(identity: string, domain: string): boolean {
  if (/^\d{1,3}$/.test(identity)) return true;
  const own = identity.slice(identity.lastIndexOf("@") + 1).toLowerCase();
  return identity.includes("@") && (own === domain || own.endsWith(`.${domain}`));
}
