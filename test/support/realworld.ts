/** The public-sector domains of `suites/realworld` as a resolver; addresses are synthetic, as the suites' README has them. */
import { createHash } from "node:crypto";
import { stringsOf } from "../../src/dns/zone.ts";
import type { Answer, Dns, Question, RecordData, RecordType } from "../../src/ports.ts";

export interface RealDomain {
  domain: string;
  spf: string | null;
  mx: readonly string[];
  dkim_cname?: Record<string, string>;
}

export interface RealOptions {
  /** "golden": some names have no A, a third has AAAA; "lookups": every A exists, no AAAA. */
  addresses: "golden" | "lookups";
}

/**
 * MX sets that the suite's results were made with, though its files do not hold these names. Found from golden.jsonl: the addresses
 * that pass by the `mx` of these included records are those of these hosts, and of no other name in the files.
 */
const LOST_EXCHANGES: Readonly<Record<string, readonly string[]>> = {
  "dipalme.org": ["mxa-0077f301.gslb.pphosted.com", "mxb-0077f301.gslb.pphosted.com"],
  "dipualba.es": ["mail1.dipualba.es"],
  "dipcas.es": ["smtpin1.dipcas.es", "smtpin2.dipcas.es"],
  "ddgi.cat": ["mx.ddgi.cat"],
};

/** Synthetic address records of a name. */
export function addressesOf(name: string, type: "A" | "AAAA", { addresses }: RealOptions): string[] {
  const h = createHash("sha1").update(name.toLowerCase()).digest();
  if (type === "A") {
    if (addresses === "golden" && h[0]! % 8 === 0) return [];
    return [`198.18.${String(h[1])}.${String(h[2])}`];
  }
  if (addresses === "lookups" || h[0]! % 3 !== 0) return [];
  return [`2001:db8:${h[1]!.toString(16)}:${h[2]!.toString(16)}::1`];
}

/** A Dns over the real records; every answer of a name is the same object. */
export function realDns(
  domains: readonly RealDomain[],
  includes: Readonly<Record<string, string>>,
  options: RealOptions,
): Dns {
  const texts = new Map<string, string>(
    Object.entries(includes).map(([name, text]) => [name.toLowerCase(), text]),
  );
  const exchanges = new Map<string, readonly string[]>(Object.entries(LOST_EXCHANGES));
  for (const { domain, spf, mx } of domains) {
    if (spf !== null) texts.set(domain, spf);
    exchanges.set(domain, mx);
  }
  const answers = new Map<string, Answer<unknown>>();
  const told = { aliases: [], authenticated: false, server: "suites/realworld", at: 0, messages: 1 };

  function records({ name, type }: Question): readonly unknown[] | null {
    const lower = name.toLowerCase();
    if (type === "A" || type === "AAAA") return addressesOf(lower, type, options);
    const text = texts.get(lower);
    const mx = exchanges.get(lower);
    if (text === undefined && mx === undefined) return null;
    if (type === "TXT") return text === undefined ? [] : [stringsOf(text)];
    if (type === "MX") return (mx ?? []).map((exchange, index) => ({ preference: index, exchange }));
    return [];
  }

  function answer(question: Question): Answer<unknown> {
    const found = records(question);
    if (found === null) return { ...told, kind: "none", why: "nxdomain", ttl: 300, originalTtl: 300 };
    if (found.length === 0) return { ...told, kind: "none", why: "nodata", ttl: 300, originalTtl: 300 };
    return { ...told, kind: "records", records: found, ttl: 300, originalTtl: 300 };
  }

  return {
    ask<T extends RecordType>(question: Question<T>) {
      const key = `${question.type}/${question.name.toLowerCase()}`;
      let known = answers.get(key);
      if (known === undefined) {
        known = answer(question);
        answers.set(key, known);
      }
      return Promise.resolve(known as Answer<RecordData[T]>);
    },
  };
}
