/** Judges the octets of a key by its type: RSA under RFC 8301 §3.2, Ed25519 under RFC 8463 §4.2. */
import { identifyKey, type KeyMaterial } from "./asn1.ts";
import type { KeyIssue } from "./issues.ts";
import { DER_MAX, ED25519_OCTETS, EXPONENT_BITS_MAX, RSA_ADVISED, RSA_MAX, RSA_MIN } from "./limits.ts";

export type KeyType = "rsa" | "ed25519";

export interface Judged {
  bits: number | null;
  form: "spki" | "pkcs1" | "raw" | null;
  issues: KeyIssue[];
}

interface Facts {
  octets: Uint8Array;
  /** `k=` stands in the record. */
  declared: boolean;
  /** The text ends where a string of a TXT record does. */
  seam: boolean;
}

type Rsa = Extract<KeyMaterial, { kind: "rsa" }>;

const unread = (...issues: KeyIssue[]): Judged => ({ bits: null, form: null, issues });

/** RFC 8017 §3.1: odd, from 3 to n - 1. */
function exponentIssue({ exponent, bits: modulusBits }: Rsa): KeyIssue[] {
  const bits = exponent.toString(2).length;
  const issue = (fault: Extract<KeyIssue, { kind: "exponent" }>["fault"]): KeyIssue[] => [
    { kind: "exponent", fault, exponent: bits <= 64 ? exponent.toString() : null, bits },
  ];
  if (exponent % 2n === 0n) return issue("even");
  if (exponent === 1n) return issue("one");
  if (bits > modulusBits) return issue("too-large");
  if (exponent === 3n) return issue("three");
  return bits > EXPONENT_BITS_MAX ? issue("large") : [];
}

function sizeIssue(bits: number): KeyIssue[] {
  // RFC 8301 §3.2
  if (bits < RSA_MIN) return [{ kind: "weak", bits }];
  if (bits < RSA_ADVISED) return [{ kind: "short", bits }];
  return bits > RSA_MAX ? [{ kind: "large", bits }] : [];
}

function judgeRsaKey(material: Rsa): Judged {
  const { bits, form, trailing, evenModulus } = material;
  const issues = [...sizeIssue(bits), ...exponentIssue(material)];
  if (evenModulus) issues.push({ kind: "even-modulus" });
  if (trailing > 0) issues.push({ kind: "trailing", octets: trailing });
  return { bits, form, issues };
}

type MaterialJudges = {
  [K in KeyMaterial["kind"]]: (material: Extract<KeyMaterial, { kind: K }>, facts: Facts) => Judged;
};

/** What every type of key says of octets that are no key of its own. */
const COMMON = {
  other: ({ algorithm, oid }) => unread({ kind: "other-algorithm", algorithm, oid }),
  private: ({ form }) => unread({ kind: "private-key", form }),
  format: ({ format }) => unread({ kind: "other-format", format }),
  "cut-off": ({ missing }, { octets, seam }) =>
    unread({ kind: "cut-off", missing, octets: octets.length, seam }),
  "too-large": ({ octets }) => unread({ kind: "too-large", length: octets, most: DER_MAX }),
  malformed: ({ at }, { octets }) => unread({ kind: "malformed", at, octets: octets.length }),
} satisfies Omit<MaterialJudges, "rsa">;

const JUDGES: Record<KeyType, MaterialJudges> = {
  rsa: {
    ...COMMON,
    rsa: judgeRsaKey,
    other: (material, facts) =>
      material.algorithm === "ed25519"
        ? unread(
            { kind: "wrong-type", keyType: "rsa", found: "ed25519", declared: facts.declared },
            { kind: "ed25519-spki" },
          )
        : COMMON.other(material),
    malformed: (material, facts) =>
      facts.octets.length === ED25519_OCTETS
        ? unread({ kind: "wrong-type", keyType: "rsa", found: "ed25519", declared: facts.declared })
        : COMMON.malformed(material, facts),
  },
  ed25519: {
    ...COMMON,
    rsa: ({ bits, form }, { declared }) => ({
      bits,
      form,
      issues: [{ kind: "wrong-type", keyType: "ed25519", found: "rsa", declared }],
    }),
    // RFC 8463 §4.2: the key alone, without the structure around it.
    other: (material) =>
      material.algorithm === "ed25519" ? unread({ kind: "ed25519-spki" }) : COMMON.other(material),
    "cut-off": (_, { octets }) => unread({ kind: "ed25519-length", octets: octets.length }),
    malformed: (_, { octets }) => unread({ kind: "ed25519-length", octets: octets.length }),
  },
};

/** Judges the octets of `p=` as a key of `keyType`. Never throws. */
export function judgeKey(keyType: KeyType, facts: Facts): Judged {
  if (keyType === "ed25519" && facts.octets.length === ED25519_OCTETS)
    return { bits: ED25519_OCTETS * 8, form: "raw", issues: [] };
  const material = identifyKey(facts.octets);
  // The table's entry is of the material's own kind; the compiler cannot follow the pair.
  const judge = JUDGES[keyType][material.kind] as (material: KeyMaterial, facts: Facts) => Judged;
  return judge(material, facts);
}
