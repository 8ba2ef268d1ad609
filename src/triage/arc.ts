/** ARC sets (RFC 8617 §4): who sealed a message on its way, and what each says it found. A seal proves who said it, not that it is so. */
import { parseTags, tagOf } from "../text/tags.ts";
import type { Field } from "./headers.ts";
import { ARC_SETS_MAX } from "./limits.ts";
import { hostName } from "./names.ts";
import { readResults, type AuthResult } from "./results.ts";
import { readSignature, type Signature } from "./signatures.ts";

export interface ArcSet {
  /** i= */
  instance: number;
  /** The sealer: d= of the ARC-Seal, lower case. */
  domain: string | null;
  selector: string | null;
  /** cv= of the ARC-Seal, lower case. */
  cv: string | null;
  /** What the sealer says it found; always a claim. */
  results: AuthResult[];
  /** The ARC-Message-Signature; null where it is missing. */
  signature: Signature | null;
  /** The set has exactly one of each field (RFC 8617 §4.2.1). */
  complete: boolean;
}

const FIELDS = ["arc-authentication-results", "arc-message-signature", "arc-seal"] as const;
type ArcField = (typeof FIELDS)[number];

const REQUIRED = ["a", "b", "bh", "d", "h", "s"] as const;
/** Results of one set that are read. */
const SET_RESULTS_MAX = 20;
/** RFC 8617 §3.9: one or two digits. */
const INSTANCE = /^\s{0,8}(?:.{0,8};)?\s{0,8}i\s{0,8}=\s{0,8}(\d{1,2})\s{0,8}(?:;|$)/i;

function instanceOf({ key, value }: Field): number | null {
  const said =
    key === "arc-authentication-results"
      ? INSTANCE.exec(value.slice(0, 200))?.[1]
      : tagOf(parseTags(value), "i")?.value;
  return said !== undefined && /^\d{1,2}$/.test(said) ? Number(said) : null;
}

/** What follows "i=1;" in an ARC-Authentication-Results. */
function payload(field: Field): Field {
  return { ...field, value: field.value.slice(field.value.indexOf(";") + 1) };
}

/** Collects the sets, lowest instance first; `over`: there were more than 50, and the rest was not read. Never throws. */
export function readArc(fields: readonly Field[]): { sets: ArcSet[]; over: boolean } {
  const byInstance = new Map<number, Record<ArcField, Field[]>>();
  let over = false;
  for (const field of fields) {
    const key = FIELDS.find((each) => each === field.key);
    const instance = key === undefined ? null : instanceOf(field);
    if (key === undefined || instance === null) continue;
    if (instance > ARC_SETS_MAX) {
      over = true;
      continue;
    }
    const set = byInstance.get(instance) ?? {
      "arc-authentication-results": [],
      "arc-message-signature": [],
      "arc-seal": [],
    };
    set[key].push(field);
    byInstance.set(instance, set);
  }
  const sets = [...byInstance].sort(([a], [b]) => a - b).map(([instance, set]) => setOf(instance, set));
  return { sets, over };
}

function setOf(instance: number, set: Record<ArcField, Field[]>): ArcSet {
  const [seal] = set["arc-seal"];
  const [signature] = set["arc-message-signature"];
  const tags = parseTags(seal?.value ?? "");
  const said = set["arc-authentication-results"]
    .slice(0, 1)
    .flatMap((field) => readResults(payload(field), SET_RESULTS_MAX).results);
  return {
    instance,
    domain: hostName(tagOf(tags, "d")?.value ?? ""),
    selector: tagOf(tags, "s")?.value ?? null,
    cv: tagOf(tags, "cv")?.value.toLowerCase() ?? null,
    results: said.map((result) => ({ ...result, trusted: false })),
    signature: signature === undefined ? null : readSignature(signature, REQUIRED),
    complete: FIELDS.every((key) => set[key].length === 1),
  };
}

/** What the sets show without a key: "none", "fail" where the chain is broken as it stands (RFC 8617 §5.2), null where only keys can tell. */
export function chainOf(sets: readonly ArcSet[]): "none" | "fail" | null {
  if (sets.length === 0) return "none";
  const whole = sets.every(({ instance, complete }, index) => complete && instance === index + 1);
  const said = sets.every(({ cv }, index) => cv === (index === 0 ? "none" : "pass"));
  return whole && said ? null : "fail";
}
