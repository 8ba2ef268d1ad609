/** Why a record is not there: the extra questions that show the usual mistakes, put to the servers that do not have it. */
import type { DirectDns } from "../dns/direct.ts";
import type { Name } from "../ports.ts";
import type { Cause } from "./cause.ts";
import { compare, present, type Wanted, type WantedType } from "./compare.ts";
import type { Word } from "./hear.ts";
import { FRESH } from "./servers.ts";
import { ELSEWHERE_MAX, FOUND_MAX } from "./verify-limits.ts";

/** What the extra questions go by. */
export interface Case {
  direct: DirectDns | undefined;
  wanted: Wanted;
  zone: Name;
  /** Words of servers that were reached and do not say "ok". */
  words: readonly Word[];
}

/** What stands at a name at one server; null where it does not tell. */
type Look = (name: Name, type: WantedType) => Promise<string[] | null>;

/** A label that nobody publishes. */
const randomLabel = (): string => `waxseal-${globalThis.crypto.randomUUID().slice(0, 8)}`;

/** Extra questions go round the servers that were reached, so that none gets them all. */
function lookAt({ direct, words }: Case): Look {
  const addresses = words.flatMap(({ heard: { says, address } }) =>
    says === "unknown" || address === null ? [] : [address],
  );
  let turn = 0;
  return async (name, type) => {
    const address = addresses[turn % Math.max(1, addresses.length)];
    turn += 1;
    if (direct === undefined || address === undefined) return null;
    const answer = await direct.askDirect<WantedType>(address, { name, type }, FRESH);
    if (answer.kind === "none" && answer.authoritative) return [];
    if (answer.kind !== "records" || !answer.authoritative) return null;
    // A text behind an alias does not stand at the name.
    return answer.aliases.length > 0 ? [] : present(type, answer.records);
  };
}

/** All causes that can be shown: in the texts found, at the name, and elsewhere in the zone. At most about ten questions. */
export async function diagnose(subject: Case): Promise<Cause[]> {
  const look = lookAt(subject);
  const { words } = subject;
  const here = await HERE[subject.wanted.type](subject, look);
  const wildcard = await lookWildcard(subject, here, look);
  const isThere = wildcard === null && words.some(({ heard: { says } }) => says === "wrong");
  const elsewhere = isThere ? [] : await lookElsewhere(subject, look);
  // A wildcard explains what was found, whatever it looks like.
  const found = wildcard === null ? [...here, ...words.flatMap(({ causes }) => causes)] : [wildcard];
  return unique([...found, ...elsewhere]);
}

/** The same cause from several servers, once. */
function unique(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()].slice(0, FOUND_MAX);
}

const noCause = (): Promise<Cause[]> => Promise.resolve([]);

/** What stands at the name in place of the wanted type. */
const HERE: Record<WantedType, (subject: Case, look: Look) => Promise<Cause[]>> = {
  TXT: aliasThere,
  MX: aliasThere,
  A: noCause,
  AAAA: noCause,
  NS: noCause,
  CNAME: async ({ wanted: { host }, words }, look) => {
    const isMissing = words.every(({ heard: { says } }) => says !== "wrong");
    const types = isMissing ? (["TXT", "A", "AAAA"] as const) : (["TXT"] as const);
    const [texts, ...addresses] = await Promise.all(types.map((type) => look(host, type)));
    const found = addresses.flatMap((each) => each ?? []).slice(0, FOUND_MAX);
    const causes: Cause[] = [];
    if (texts?.[0] !== undefined) causes.push({ kind: "cname-beside-txt", target: null, texts });
    if (found.length > 0) causes.push({ kind: "proxied", addresses: found });
    return causes;
  },
};

function aliasThere({ words }: Case): Promise<Cause[]> {
  const alias = words.find((word) => word.alias !== null)?.alias ?? null;
  return Promise.resolve(alias === null ? [] : [{ kind: "cname-beside-txt", target: alias, texts: [] }]);
}

/** What was found at the name, and by which question another name would show the same. */
function shown({ wanted, words }: Case, here: readonly Cause[]): { value: string; type: WantedType } | null {
  for (const cause of here) {
    if (cause.kind === "proxied") {
      const value = cause.addresses[0]!;
      return { value, type: value.includes(":") ? "AAAA" : "A" };
    }
    if (cause.kind === "cname-beside-txt")
      return cause.target === null
        ? { value: cause.texts[0]!, type: "TXT" }
        : { value: cause.target, type: "CNAME" };
  }
  const value = words.flatMap(({ heard: { says, found } }) => (says === "wrong" ? found : []))[0];
  return value === undefined ? null : { value, type: wanted.type };
}

/** Asks for a name beside the wanted one: where it answers the same, nothing stands at the wanted one itself. */
async function lookWildcard(subject: Case, here: readonly Cause[], look: Look): Promise<Cause | null> {
  const { host } = subject.wanted;
  const one = shown(subject, here);
  // The zone's own name is never made of a wildcard (RFC 4592 §2.1.1).
  if (one === null || host === subject.zone) return null;
  const name = `${randomLabel()}${host.slice(host.indexOf("."))}`;
  const found = await look(name, one.type);
  return found?.includes(one.value) === true
    ? { kind: "wildcard", name, found: found.slice(0, FOUND_MAX) }
    : null;
}

/** Where the record may have ended up: one level up or down, a label lost or doubled, at the zone itself. */
export function placesBeside(host: Name, zone: Name): Name[] {
  if (host === zone) return [`www.${zone}`, `@.${zone}`];
  const labels = host.slice(0, -(zone.length + 1)).split(".");
  const [first] = labels;
  const at = (left: readonly (string | undefined)[]): Name => [...left, zone].join(".");
  const places = [zone, at(labels.slice(1)), at([first, ...labels.slice(2)]), at([first, ...labels])];
  return [...new Set(places)].filter((name) => name !== host).slice(0, ELSEWHERE_MAX);
}

async function lookElsewhere({ wanted, zone }: Case, look: Look): Promise<Cause[]> {
  const { host, type } = wanted;
  if (host !== zone && !host.endsWith(`.${zone}`)) return [];
  const places: { kind: "doubled-domain" | "wrong-level"; name: Name }[] = [
    { kind: "doubled-domain", name: `${host}.${zone}` },
    ...placesBeside(host, zone).map((name) => ({ kind: "wrong-level" as const, name })),
  ];
  const looked = await Promise.all(
    places.map(async ({ kind, name }): Promise<Cause[]> => {
      const { says, found } = compare({ ...wanted, host: name }, (await look(name, type)) ?? []);
      return says === "ok" ? [{ kind, name, found: found[0] ?? "" }] : [];
    }),
  );
  return looked.flat();
}
