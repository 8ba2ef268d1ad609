/** X.509 certificates for tests, written as DER by hand and signed by node:crypto: an authority, and what it signs. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate with its key; `signer` signs others. */
export interface Certificate {
  name: string;
  /** PEM. */
  cert: string;
  /** PEM. */
  key: string;
  der: Buffer;
  signer: KeyObject;
}

/** An extension: its OID and the DER of its value. */
export interface Extension {
  oid: string;
  value: Buffer;
  critical?: boolean;
}

export interface CertificateOptions {
  /** Common name of the subject. */
  name: string;
  /** dNSName entries of subjectAltName; none where absent. */
  dns?: readonly string[];
  /** Signs itself where absent. */
  issuer?: Certificate;
  ca?: boolean;
  /** Milliseconds since 1970. */
  from?: number;
  to?: number;
  extensions?: readonly Extension[];
  /** Further attributes of the subject: OID and text. */
  subject?: readonly (readonly [oid: string, text: string])[];
}

const DAY = 86_400_000;

/** One DER element. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(6, "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x83]), length, body]);
}

const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents);
const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));

/** An object identifier in dotted form as DER. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(octets));
}

/** The extended key usages of a certificate, as an extension. */
export function usage(...oids: readonly string[]): Extension {
  return { oid: "2.5.29.37", value: sequence(...oids.map(oid)) };
}

function nameOf(name: string, more: CertificateOptions["subject"] = []): Buffer {
  const parts = [["2.5.4.3", name] as const, ...more];
  return sequence(...parts.map(([type, text]) => der(0x31, sequence(oid(type), utf8(text)))));
}

function timeOf(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(text));
}

function extensionOf({ oid: type, value, critical = false }: Extension): Buffer {
  return sequence(oid(type), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), der(0x04, value));
}

/** A certificate of a new P-256 key, valid from yesterday to tomorrow where nothing else is said. */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { name, dns = [], issuer, ca = false, from = Date.now() - DAY, to = Date.now() + DAY } = options;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
  const extensions: Extension[] = [
    { oid: "2.5.29.19", value: sequence(...(ca ? [der(0x01, Buffer.from([0xff]))] : [])), critical: true },
    ...(dns.length === 0
      ? []
      : [{ oid: "2.5.29.17", value: sequence(...dns.map((each) => der(0x82, Buffer.from(each)))) }]),
    ...(options.extensions ?? []),
  ];
  const serial = randomBytes(8);
  serial[0] = 1;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(timeOf(from), timeOf(to)),
    nameOf(name, options.subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions.map(extensionOf))),
  );
  const signature = sign("sha256", body, issuer?.signer ?? privateKey);
  const whole = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    der: whole,
    signer: privateKey,
  };
}

/** A certificate that may sign others. */
export function makeAuthority(name = "Test Authority", issuer?: Certificate): Certificate {
  return makeCertificate({ name, ca: true, ...(issuer === undefined ? {} : { issuer }) });
}
