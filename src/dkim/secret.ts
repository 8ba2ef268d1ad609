/** Finds a private key anywhere in a text, before anything else looks at it. */
import { identifyKey } from "./asn1.ts";
import type { KeyIssue } from "./issues.ts";

/**
 * How private keys begin in base64: a sequence, and in it the version 0 or 1 as an INTEGER (RFC 5958 §2, RFC 8017 §A.1.2, RFC 5915 §3),
 * with a length of two octets, one octet, or none.
 */
const BEGINNING = /MII[A-Za-z\d+/]{2}[AQgw]IB[A-H]|MI[GH][A-Za-z\d+/]AgE[AB]|M[A-Za-z\d+/]{2}CAQ[A-H]/g;
/** Characters that are enough to tell the form. */
const HEAD = 64;
const PEM_LABEL = /BEGIN[A-Z]{0,24}PRIVATEKEY/i;
/** "openssh-key-v1" */
const OPENSSH = "b3BlbnNzaC1rZXktdjE";

/** The issue where a private key, or the beginning of one, lies in the text; null otherwise. Never holds any of the text. */
export function findPrivateKey(text: string): Extract<KeyIssue, { kind: "private-key" }> | null {
  const compact = text.replaceAll(/[\s"\\]+/g, "");
  for (const { index } of compact.matchAll(BEGINNING)) {
    const material = identifyKey(Buffer.from(compact.slice(index, index + HEAD), "base64"));
    if (material.kind === "private") return { kind: "private-key", form: material.form };
  }
  if (compact.includes(OPENSSH)) return { kind: "private-key", form: "openssh" };
  return PEM_LABEL.test(compact) ? { kind: "private-key", form: "pem" } : null;
}
