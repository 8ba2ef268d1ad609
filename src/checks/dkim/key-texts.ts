/** What the DKIM check says of a key: one entry a kind of issue. A kind without a text does not compile. */
import type { KeyIssue, KeyIssueKind } from "../../dkim/issues.ts";
import type { FindingText } from "../../finding.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

/** Kinds that are no finding: legal and without effect, or told by the selector's status. */
export const SILENT = ["note", "strict", "whitespace", "unknown-flag", "not-a-key", "revoked"] as const;

export type SpokenKind = Exclude<KeyIssueKind, (typeof SILENT)[number]>;
export type IssueOf<K extends KeyIssueKind> = Extract<KeyIssue, { kind: K }>;

/** The facts of an issue, and where it is. */
export type KeyEvidence<K extends KeyIssueKind> = Omit<IssueOf<K>, "kind"> & {
  selector: string;
  name: string;
};

/** Issues of which a part keeps verifiers from using the key, and another part does not. */
interface Milder {
  "dkim.exponent-rare": FindingText<KeyEvidence<"exponent">>;
  "dkim.granularity-empty": FindingText<KeyEvidence<"granularity">>;
}

type KeyTexts = { readonly [K in SpokenKind as `dkim.${K}`]: FindingText<KeyEvidence<K>> } & Milder;

const UNUSABLE = say`Verifiers cannot use the key: signatures made with this selector do not pass.`;
const DIFFER = say`Some verifiers accept the key and some do not, so the same mail passes here and fails there.`;
const PUBLISH_AGAIN = say`Publish the record again, exactly as the sender's own page shows it.`;

const FAULTS: Record<IssueOf<"syntax">["fault"], Sentence> = {
  "no-equals": say`it has no "="`,
  name: say`the name before "=" is none`,
  value: say`a character in it is not allowed`,
  empty: say`nothing stands between two semicolons`,
};

const PASTED: Record<IssueOf<"pasted">["what"], Sentence> = {
  quote: say`quotation marks`,
  "escaped-newline": say`line breaks written as ${code("\\n")}`,
  newline: say`line breaks`,
  backslash: say`backslashes`,
};

const FORMATS: Record<IssueOf<"other-format">["format"], Sentence> = {
  certificate: say`a certificate`,
  ssh: say`an SSH key`,
};

const TYPES: Record<"rsa" | "ed25519", Sentence> = { rsa: say`RSA`, ed25519: say`Ed25519` };

const BASE64: Record<IssueOf<"bad-base64">["fault"], (character: Sentence) => Sentence> = {
  character: (character) => say`${character} is not a character of base64`,
  url: (character) => say`${character} belongs to the alphabet for URLs`,
  padding: (character) => say`${character} stands before the end`,
};

const EXPONENTS: Record<IssueOf<"exponent">["fault"], Sentence> = {
  even: say`is even`,
  one: say`is 1`,
  three: say`is 3`,
  large: say`is unusually large`,
  "too-large": say`is not below the modulus`,
};

/** A text for a record that verifiers cannot use. */
function unusable<K extends KeyIssueKind>(
  ref: string,
  title: (evidence: KeyEvidence<K>) => Sentence,
  fix: (evidence: KeyEvidence<K>) => Sentence,
): FindingText<KeyEvidence<K>> {
  return { severity: "error", title, why: () => UNUSABLE, fix, ref };
}

/** A text for what verifiers read differently. */
function differs<K extends KeyIssueKind>(
  ref: string,
  title: (evidence: KeyEvidence<K>) => Sentence,
  fix: (evidence: KeyEvidence<K>) => Sentence,
): FindingText<KeyEvidence<K>> {
  return { severity: "warning", title, why: () => DIFFER, fix, ref };
}

const at = ({ selector }: { selector: string }): Sentence => code(selector);
const anew = ({ name }: { name: string }): Sentence =>
  say`Make a new key and publish it at ${code(name, 160)}.`;

export const KEY_TEXTS: KeyTexts = {
  "dkim.private-key": {
    severity: "error",
    title: ({ name }) => say`A PRIVATE key is published at ${code(name, 160)}.`,
    why: () => say`Whoever reads it can sign mail as you, and receivers believe it.`,
    fix: ({ selector }) =>
      say`Delete the record now. Make a new key pair under a new selector, publish its public key alone, and never sign with ${code(selector)} again.`,
    ref: "RFC 6376 §8.3",
  },
  "dkim.bare-key": unusable<"bare-key">(
    "RFC 6376 §3.6.1",
    (evidence) => say`The record at ${at(evidence)} is a key without its tags.`,
    () => say`Put ${code("v=DKIM1; k=rsa; p=")} before it, and take out lines that begin with dashes.`,
  ),
  "dkim.syntax": unusable<"syntax">(
    "RFC 6376 §3.2",
    ({ selector, text, fault }) =>
      text === ""
        ? say`Syntax error at ${code(selector)}: ${FAULTS[fault]}.`
        : say`Syntax error at ${code(selector)} in ${code(text)}: ${FAULTS[fault]}.`,
    () => say`Write the record as ${code("name=value")} pieces with one semicolon between two of them.`,
  ),
  "dkim.duplicate-tag": unusable<"duplicate-tag">(
    "RFC 6376 §3.2",
    ({ selector, names }) =>
      say`${codes(names)} ${plural(names.length, "stands", "stand")} twice in the record at ${code(selector)}.`,
    () => say`Keep one of them: a list with a repeated tag is invalid as a whole.`,
  ),
  "dkim.missing-semicolon": unusable<"missing-semicolon">(
    "RFC 6376 §3.2",
    ({ selector, tag }) => say`A semicolon is missing after ${code(tag)} in the record at ${code(selector)}.`,
    ({ swallowed }) =>
      say`Put a semicolon before ${codes(swallowed)}; today it is read as part of the tag before.`,
  ),
  "dkim.escaped-semicolon": unusable<"escaped-semicolon">(
    "RFC 6376 §3.2",
    ({ selector, count }) =>
      say`The record at ${code(selector)} has ${count} ${plural(count, "backslash", "backslashes")} before semicolons.`,
    () => say`Take the backslashes out: the panel or file adds them itself where it needs them.`,
  ),
  "dkim.tag-case": {
    severity: "warning",
    title: ({ selector, written, meant }) =>
      say`${code(written)} at ${code(selector)} is ignored: ${code(meant)} is meant.`,
    why: () => say`Names of tags are case-sensitive, and verifiers pass over names that they do not know.`,
    fix: ({ written, meant }) => say`Write ${code(meant)} instead of ${code(written)}.`,
    ref: "RFC 6376 §3.2",
  },
  "dkim.unknown-tag": {
    severity: "info",
    title: ({ selector, names }) => say`${codes(names)} at ${code(selector)} is ignored.`,
    why: () => say`Verifiers pass over tags that they do not know.`,
    fix: () => say`Take it out unless you know who reads it.`,
    ref: "RFC 6376 §3.6.1",
  },
  "dkim.version-not-first": unusable<"version-not-first">(
    "RFC 6376 §3.6.1",
    (evidence) => say`${code("v=")} is not the first tag of the record at ${at(evidence)}.`,
    () => say`Begin the record with ${code("v=DKIM1;")}, or leave the version out.`,
  ),
  "dkim.version-case": unusable<"version-case">(
    "RFC 6376 §3.6.1",
    ({ selector, version }) => say`The version at ${code(selector)} is ${code(version)}.`,
    () => say`Write ${code("v=DKIM1")}, with capital letters.`,
  ),
  "dkim.version-wrong": unusable<"version-wrong">(
    "RFC 6376 §3.6.1",
    ({ selector, version }) =>
      say`The version at ${code(selector)} is ${code(version)}, not ${code("DKIM1")}.`,
    () => say`Begin the record with ${code("v=DKIM1;")}.`,
  ),
  "dkim.no-p": unusable<"no-p">(
    "RFC 6376 §3.6.1",
    (evidence) => say`The record at ${at(evidence)} has no key: ${code("p=")} is missing.`,
    () => say`Publish the whole record; an empty ${code("p=")} would say that the key is revoked.`,
  ),
  "dkim.pasted": unusable<"pasted">(
    "RFC 6376 §3.6.1",
    ({ selector, what, count }) =>
      say`Inside the record at ${code(selector)} stand ${PASTED[what]} (${count}).`,
    () => say`Publish the text without them, on one line.`,
  ),
  "dkim.pem-header": unusable<"pem-header">(
    "RFC 6376 §3.6.1",
    ({ selector, label }) =>
      say`The record at ${code(selector)} holds the line ${code(`-----${label}-----`)}.`,
    () => say`Keep only the characters between the lines with dashes, on one line, after ${code("p=")}.`,
  ),
  "dkim.bad-base64": unusable<"bad-base64">(
    "RFC 6376 §3.6.1",
    ({ selector, fault, character, at: place }) =>
      say`The key at ${code(selector)} is no base64: ${BASE64[fault](code(character))} (character ${place}).`,
    () => PUBLISH_AGAIN,
  ),
  "dkim.base64-length": unusable<"base64-length">(
    "RFC 6376 §3.6.1",
    ({ selector, length }) =>
      say`The key at ${code(selector)} has ${length} characters, which base64 never has.`,
    () => say`A character was lost or added. ${PUBLISH_AGAIN}`,
  ),
  "dkim.base64-unpadded": differs<"base64-unpadded">(
    "RFC 6376 §2.10",
    ({ selector, missing }) =>
      say`The key at ${code(selector)} ends without its ${missing} ${plural(missing, "equals sign")}.`,
    ({ missing }) => say`Put ${code("=".repeat(missing))} at the end of ${code("p=")}.`,
  ),
  "dkim.cut-off": unusable<"cut-off">(
    "RFC 6376 §3.6.2.2",
    ({ selector, missing, octets }) =>
      say`The key at ${code(selector)} is cut off: ${missing} of ${octets + missing} octets are missing.`,
    ({ seam }) =>
      seam
        ? say`It ends where a string of 255 characters does: publish the rest as a second quoted string of the same record.`
        : PUBLISH_AGAIN,
  ),
  "dkim.trailing": differs<"trailing">(
    "RFC 6376 §3.6.1",
    ({ selector, octets }) =>
      say`${octets} ${plural(octets, "octet")} stand behind the key at ${code(selector)}.`,
    () => PUBLISH_AGAIN,
  ),
  "dkim.too-large": unusable<"too-large">(
    "RFC 8301 §3.2",
    ({ selector, length, most }) =>
      say`The key at ${code(selector)} is too long: ${length}, and at most ${most} are read.`,
    anew,
  ),
  "dkim.malformed": unusable<"malformed">(
    "RFC 6376 §3.6.1",
    ({ selector, octets }) => say`The ${octets} octets at ${code(selector)} are no key.`,
    () => PUBLISH_AGAIN,
  ),
  "dkim.other-format": unusable<"other-format">(
    "RFC 6376 §3.6.1",
    ({ selector, format }) => say`At ${code(selector)} lies ${FORMATS[format]}, not a DKIM key.`,
    () => say`Publish the public key alone, as ${code("openssl rsa -in private.pem -pubout")} prints it.`,
  ),
  "dkim.other-algorithm": unusable<"other-algorithm">(
    "RFC 8301 §3.1",
    ({ selector, algorithm }) =>
      say`The key at ${code(selector)} is of a kind that DKIM has not: ${code(algorithm)}.`,
    ({ name }) => say`DKIM knows RSA and Ed25519. Publish an RSA key of 2,048 bits at ${code(name, 160)}.`,
  ),
  "dkim.weak": {
    severity: "error",
    title: ({ selector, bits }) =>
      say`The key at ${code(selector)} has ${bits} bits; verifiers accept ${1024} or more.`,
    why: () => say`So small a key can be broken, and signatures made with it count as none.`,
    fix: () => rotate(),
    ref: "RFC 8301 §3.2",
  },
  "dkim.short": {
    severity: "info",
    title: ({ selector, bits }) => say`The key at ${code(selector)} has ${bits} bits; ${2048} are advised.`,
    why: () => say`Verifiers accept it. Signers should use at least 2,048 bits.`,
    fix: () => rotate(),
    ref: "RFC 8301 §3.2",
  },
  "dkim.large": {
    severity: "warning",
    title: ({ selector, bits }) =>
      say`The key at ${code(selector)} has ${bits} bits; verifiers need not read more than ${4096}.`,
    why: () => say`Where a verifier stops at 2,048 or 4,096 bits, signatures made with it count as none.`,
    fix: () => rotate(),
    ref: "RFC 8301 §3.2",
  },
  "dkim.exponent": unusable<"exponent">(
    "RFC 6376 §3.6.1",
    ({ selector, fault }) =>
      say`The key at ${code(selector)} is no RSA key: its exponent ${EXPONENTS[fault]}.`,
    anew,
  ),
  "dkim.exponent-rare": differs<"exponent">(
    "RFC 6376 §3.6.1",
    ({ selector, fault }) => say`The exponent of the key at ${code(selector)} ${EXPONENTS[fault]}.`,
    () => say`Make a new key with the usual exponent 65537, and publish it under a new selector.`,
  ),
  "dkim.even-modulus": unusable<"even-modulus">(
    "RFC 6376 §3.6.1",
    (evidence) => say`The key at ${at(evidence)} is no RSA key: its modulus is even.`,
    () => PUBLISH_AGAIN,
  ),
  "dkim.ed25519-spki": unusable<"ed25519-spki">(
    "RFC 8463 §4.2",
    (evidence) => say`The Ed25519 key at ${at(evidence)} stands in a wrapping that DKIM does not use.`,
    () => say`Publish its last 32 octets alone in base64: 44 characters after ${code("p=")}.`,
  ),
  "dkim.ed25519-length": unusable<"ed25519-length">(
    "RFC 8463 §4.2",
    ({ selector, octets }) =>
      say`The Ed25519 key at ${code(selector)} has ${octets} octets instead of ${32}.`,
    () => PUBLISH_AGAIN,
  ),
  "dkim.wrong-type": unusable<"wrong-type">(
    "RFC 6376 §3.6.1",
    ({ selector, keyType, found }) =>
      say`The record at ${code(selector)} says ${TYPES[keyType]}, and the key is ${TYPES[found]}.`,
    ({ found }) => say`Write ${code(`k=${found}`)} before ${code("p=")}.`,
  ),
  "dkim.unknown-key-type": unusable<"unknown-key-type">(
    "RFC 6376 §3.6.1",
    ({ selector, keyType }) =>
      say`${code(`k=${keyType}`)} at ${code(selector)} is no type of key that DKIM knows.`,
    () => say`Write ${code("k=rsa")} or ${code("k=ed25519")}, whichever the key is.`,
  ),
  "dkim.value-case": differs<"value-case">(
    "RFC 6376 §3.6.1",
    ({ selector, tag, value }) => say`${code(`${tag}=${value}`)} at ${code(selector)} has capital letters.`,
    ({ tag, value }) => say`Write ${code(`${tag}=${value.toLowerCase()}`)}.`,
  ),
  "dkim.hash-sha1-only": unusable<"hash-sha1-only">(
    "RFC 8301 §3.1",
    (evidence) => say`The record at ${at(evidence)} allows SHA-1 alone, which nobody may use any more.`,
    () => say`Take ${code("h=sha1")} out, or write ${code("h=sha256")}.`,
  ),
  "dkim.hash-none": unusable<"hash-none">(
    "RFC 6376 §3.6.1",
    ({ selector, hashes }) =>
      say`The record at ${code(selector)} allows no hash that DKIM knows: ${codes(hashes)}.`,
    () => say`Take ${code("h=")} out, or write ${code("h=sha256")}.`,
  ),
  "dkim.hash-unknown": {
    severity: "info",
    title: ({ selector, hashes }) => say`${codes(hashes)} at ${code(selector)} is no hash that DKIM knows.`,
    why: () => say`Verifiers pass over it; the other hash counts.`,
    fix: () => say`Write ${code("h=sha256")} alone, or take ${code("h=")} out.`,
    ref: "RFC 6376 §3.6.1",
  },
  "dkim.service-not-email": unusable<"service-not-email">(
    "RFC 6376 §3.6.1",
    ({ selector, services }) =>
      say`The key at ${code(selector)} is not for mail: ${code(`s=${services.join(":")}`)}.`,
    () => say`Take ${code("s=")} out, or write ${code("s=email")}.`,
  ),
  "dkim.testing": {
    severity: "warning",
    title: ({ selector }) => say`The key at ${code(selector)} is marked as a test: ${code("t=y")}.`,
    why: () =>
      say`Receivers may treat mail signed with it as not signed, and some give no credit for a pass.`,
    fix: () => say`Take ${code("t=y")} out once signing works.`,
    ref: "RFC 6376 §3.6.1",
  },
  "dkim.granularity": {
    severity: "info",
    title: ({ selector, value }) => say`${code(`g=${value}`)} at ${code(selector)} is ignored.`,
    why: () => say`The tag is gone since 2011; only very old verifiers hold the sender's local part to it.`,
    fix: () => say`Take ${code("g=")} out.`,
    ref: "RFC 6376 Appendix C.2",
  },
  "dkim.granularity-empty": differs<"granularity">(
    "RFC 6376 Appendix C.2",
    ({ selector }) => say`An empty ${code("g=")} stands in the record at ${code(selector)}.`,
    () => say`Take ${code("g=")} out: old verifiers read it as a key for nobody.`,
  ),
};

/** How a key is replaced without a day on which mail does not pass. */
function rotate(): Sentence {
  return say`Make a key of 2,048 bits under a new selector, publish it, let the sender sign with it, and a week later revoke the old one.`;
}
