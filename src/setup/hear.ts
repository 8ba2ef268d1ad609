/** What one name server says about one wanted record. */
import type { DirectAnswer, DirectDns } from "../dns/direct.ts";
import type { Answer, Dns, FailureReason, Name, RecordData } from "../ports.ts";
import type { Cause } from "./cause.ts";
import { compare, present, type Comparison, type Wanted, type WantedType } from "./compare.ts";
import { FRESH, stateOf, type NameServer, type ServerState } from "./servers.ts";

export type Says = "ok" | "wrong" | "missing" | "unknown";

/** One server's word, at one of its addresses. */
export interface Heard {
  name: Name;
  address: string | null;
  state: ServerState;
  says: Says;
  /** What it holds, as `Wanted.value` is written; an MX with its preference. */
  found: readonly string[];
  /** Why nothing is known; "lame": it answers, but does not serve the zone. */
  why: FailureReason | "lame" | null;
}

/** A word with what only the diagnosis needs. */
export interface Word {
  heard: Heard;
  causes: readonly Cause[];
  /** Where the name is an alias: its target. */
  alias: Name | null;
}

/** What came back: a word, or a zone below whose servers are to be asked. */
export type Hearing =
  { kind: "word"; word: Word } | { kind: "referral"; zone: Name; servers: readonly Name[]; from: Word };

type Data = RecordData[WantedType];
type Direct = DirectAnswer<Data>;
type Kind = Direct["kind"];

interface Asked {
  dns: Dns;
  wanted: Wanted;
  zone: Name;
  server: NameServer;
}

function word(
  server: NameServer,
  rest: Partial<Heard> & Pick<Heard, "says">,
  more: Partial<Word> = {},
): Word {
  const { name, address, state, why } = server;
  return { heard: { name, address, state, found: [], why, ...rest }, causes: [], alias: null, ...more };
}

const lame = (server: NameServer): Word => word(server, { says: "unknown", state: "asked", why: "lame" });

function compared(server: NameServer, { says, found, causes }: Comparison, alias: Name | null = null): Word {
  return word(server, { says, found, state: "asked", why: null }, { causes, alias });
}

const READERS: {
  [K in Kind]: (answer: Extract<Direct, { kind: K }>, asked: Asked) => Word | Promise<Word>;
} = {
  records: ({ authoritative, records, aliases }, { wanted, server }) =>
    authoritative
      ? compared(server, compare(wanted, present(wanted.type, records)), aliases[0] ?? null)
      : lame(server),
  none: ({ authoritative, aliases }, { server }) => {
    if (!authoritative) return lame(server);
    const [alias] = aliases;
    // An alias whose end holds nothing still occupies the name.
    return alias === undefined
      ? compared(server, { says: "missing", found: [], causes: [] })
      : compared(server, { says: "wrong", found: [], causes: [] }, alias);
  },
  alias: ({ authoritative, target, aliases }, asked) =>
    authoritative ? hearEnd(target, aliases[0] ?? target, asked) : lame(asked.server),
  failed: (answer, { server }) => word({ ...server, ...stateOf(answer) }, { says: "unknown" }),
  referral: ({ zone, servers }, { wanted, server }) =>
    wanted.type === "NS" && zone.toLowerCase() === wanted.host
      ? compared(server, compare(wanted, servers))
      : lame(server),
};

/** Behind an alias that leaves the server's zones stands what the resolver finds there. */
async function hearEnd(target: Name, alias: Name, { dns, wanted, server }: Asked): Promise<Word> {
  const answer: Answer<Data> = await dns.ask({ name: target, type: wanted.type }, FRESH);
  if (answer.kind === "failed")
    return word(server, { says: "unknown", state: "asked", why: answer.why }, { alias });
  const said = compare(wanted, answer.kind === "records" ? present(wanted.type, answer.records) : []);
  return compared(server, said.says === "missing" ? { ...said, says: "wrong" } : said, alias);
}

/** Whether a referral leads down, towards the wanted name; any other is one server's confusion. */
function leadsDown(below: Name, { wanted, zone }: Asked): boolean {
  const isDelegation = wanted.type === "NS" && below === wanted.host;
  const covers = wanted.host === below || wanted.host.endsWith(`.${below}`);
  return !isDelegation && covers && below !== zone && below.endsWith(`.${zone}`);
}

/** Asks one server that was reached before; the others' word is "unknown". */
export async function hear(direct: DirectDns | undefined, asked: Asked): Promise<Hearing> {
  const { wanted, server } = asked;
  const { address, state } = server;
  if (direct === undefined || address === null || state !== "asked")
    return { kind: "word", word: word(server, { says: "unknown" }) };
  const answer: Direct = await direct.askDirect(address, { name: wanted.host, type: wanted.type }, FRESH);
  if (answer.kind === "referral") {
    const below = answer.zone.toLowerCase();
    if (leadsDown(below, asked))
      return { kind: "referral", zone: below, servers: answer.servers, from: lame(server) };
  }
  // The key is the kind; the compiler cannot see that reader and answer belong together.
  const read = READERS[answer.kind] as (answer: Direct, asked: Asked) => Word | Promise<Word>;
  const said = await read(answer, asked);
  // It was reached a moment ago; that it keeps silent now is no reason to leave it out.
  return { kind: "word", word: { ...said, heard: { ...said.heard, state: "asked" } } };
}
