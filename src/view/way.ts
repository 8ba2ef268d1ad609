/** The drawing of a message's way: who handed it to whom, where it was judged, and where it broke. */
import { causeWords, MECHANISMS, WAY_WORDS } from "../messages/triage-way.ts";
import { delayWords, TRIAGE_WORDS } from "../messages/triage.ts";
import type { TriageData } from "../results/triage.ts";
import { foreign } from "../text/foreign.ts";
import type { Block, Inline, Line, Mark, State, Station } from "./doc.ts";
import { codeInline, lineOf, text } from "./line.ts";

/** Stations drawn before those where nothing happened are drawn as one; as many as a phone shows at once. Ours. */
const STATIONS_OPEN = 6;
/** Marks at one station: four mechanisms, a second signature, and the code. Ours. */
const MARKS_MAX = 6;
/** Characters of a name, and of a result's own word. */
const NAME_SHOWN = 120;
const WORD_SHOWN = 20;

/** How a result counts where it is believed (RFC 8601 §2.7); a word that is not here counts as nothing. */
const RESULT_STATES: ReadonlyMap<string, State> = new Map([
  ["pass", "ok"],
  ["bestguesspass", "ok"],
  ["fail", "error"],
  ["hardfail", "error"],
  ["permerror", "error"],
  ["softfail", "warning"],
  ["neutral", "warning"],
  ["policy", "warning"],
  ["none", "warning"],
  ["temperror", "unknown"],
]);

interface Stop {
  name: string | null;
  ip: string | null;
  delay: number | null;
  trusted: boolean;
  marks: Mark[];
  state?: State;
}

type Judged = Pick<
  TriageData,
  "hops" | "results" | "ip" | "receiver" | "cause" | "mechanism" | "notAuthentication" | "code" | "enhanced"
>;

/** What was done with it at the end: by the state of the reply, or "none" where nothing is known. */
const DEEDS: Record<Reply["state"] | "ok" | "none", string> = {
  error: WAY_WORDS.refused,
  warning: WAY_WORDS.delayed,
  ok: WAY_WORDS.judged,
  none: WAY_WORDS.received,
};

interface Reply extends Mark {
  state: "error" | "warning";
}

/** The way as a block; null where fewer than two of its stations are known, or nothing failed that it could explain. */
export function wayOf(data: Judged): Extract<Block, { kind: "way" }> | null {
  const stops = stopsOf(data);
  if (data.cause === "not-a-bounce" || stops.length < 2) return null;
  const judge = judgeOf(stops, data);
  markResults(stops, judge, data);
  markVerdict(stops, judge, data);
  const deed = DEEDS[stops[judge]!.marks.length === 0 ? "none" : (replyOf(data)?.state ?? "ok")];
  return { kind: "way", label: WAY_WORDS.label, stations: drawnOf(stops, judge, deed) };
}

const stop = (name: string | null, ip: string | null, delay: number | null, trusted: boolean): Stop => ({
  ...{ name, ip, delay, trusted },
  marks: [],
});

/** Who handed it on, in the order of travel; the receiver last, where the hops end before it. */
function stopsOf({ hops, ip, receiver }: Judged): Stop[] {
  const travel = [...hops].reverse();
  const [first] = travel;
  const stops =
    first === undefined
      ? ip === null
        ? []
        : [stop(null, ip, null, true)]
      : [
          stop(first.from, first.ip, null, first.trusted),
          ...travel.map(({ by, delay, trusted }, at) => {
            const next = travel[at + 1];
            return stop(by ?? next?.from ?? null, next?.ip ?? null, delay, trusted);
          }),
        ];
  if (receiver === null || stops.some(({ name }) => isSame(name, receiver))) return stops;
  const last = stops.at(-1);
  if (last !== undefined) last.ip ??= ip;
  return [...stops, stop(receiver, null, null, true)];
}

/** Where it was judged: behind the address that the receiver saw, else at the first host that is believed, else at the receiver. */
function judgeOf(stops: readonly Stop[], { ip, receiver }: Judged): number {
  const behind = ip === null ? 0 : stops.findLastIndex((each) => each.ip === ip) + 1;
  const believed = stops.findIndex(({ trusted }, at) => at > 0 && trusted);
  const named = stops.findLastIndex(({ name }) => isSame(name, receiver));
  const [judge] = [behind, believed, named].filter((at) => at > 0 && at < stops.length);
  return judge ?? stops.length - 1;
}

/** One host, or a host and the domain that it signs its results with: "mx.google.com", "google.com". */
function isSame(name: string | null, other: string | null): boolean {
  if (name === null || other === null) return false;
  const [one, two] = [name.toLowerCase(), other.toLowerCase()];
  return one === two || one.endsWith(`.${two}`) || two.endsWith(`.${one}`);
}

/** Each result at the host that wrote it; a claim that is nobody's on the way stays in the table of results alone. */
function markResults(stops: readonly Stop[], judge: number, { results }: Judged): void {
  for (const { method, result, by, trusted } of results) {
    const mechanism = MECHANISMS.get(method.toLowerCase());
    const home = trusted ? stops[judge] : stops.find(({ name }, at) => at !== judge && isSame(name, by));
    if (mechanism === undefined || home === undefined) continue;
    const said = `${mechanism} ${foreign(result.toLowerCase(), WORD_SHOWN)}`;
    const state = RESULT_STATES.get(result.toLowerCase());
    addMark(home, trusted ? withState(said, state) : { text: `${said}, ${WAY_WORDS.claimed}` });
  }
}

const withState = (words: string, state: State | undefined): Mark =>
  state === undefined ? { text: words } : { text: words, state };

function addMark({ marks }: Stop, mark: Mark): void {
  if (marks.length < MARKS_MAX && !marks.some(({ text: words }) => words === mark.text)) marks.push(mark);
}

/** The cause and the code at who judged, and who changed it on the way. */
function markVerdict(stops: readonly Stop[], judge: number, data: Judged): void {
  const { cause, mechanism, notAuthentication } = data;
  const home = stops[judge]!;
  if (cause === "passed") {
    home.state = "ok";
    return;
  }
  const name = notAuthentication ? undefined : MECHANISMS.get(mechanism);
  // That nothing aligns is seen in no result: both halves may pass.
  const isTold =
    !cause.endsWith(".alignment") &&
    home.marks.some(({ text: words, state }) => words.startsWith(`${name ?? ""} `) && state !== "ok");
  if (name !== undefined && !isTold) home.marks.unshift({ text: causeWords(cause, name), state: "error" });
  const reply = replyOf(data);
  if (reply !== null) home.marks.push(reply);
  const worst = WORST.find((state) => home.marks.some((mark) => mark.state === state));
  if (worst !== undefined) home.state = worst;
  const before = stops[judge - 1];
  if (cause !== "forwarded" || before === undefined) return;
  before.marks.push({ text: WAY_WORDS.changed, state: "warning" });
  before.state = "warning";
}

const WORST = ["error", "warning", "unknown"] as const;

/** The code as a mark; a 4yz is tried again (RFC 5321 §4.2.1). */
function replyOf({ code, enhanced }: Judged): Reply | null {
  const reply = [code, enhanced].filter((each) => each !== null).join(" ");
  if (reply === "") return null;
  return { text: foreign(reply, WORD_SHOWN), state: reply.startsWith("4") ? "warning" : "error" };
}

/** Runs of stops where nothing happened become one, where there are too many to be seen at once. */
function drawnOf(stops: readonly Stop[], judge: number, deed: string): Station[] {
  const isKept = ({ marks }: Stop, at: number): boolean =>
    marks.length > 0 || at === 0 || at === stops.length - 1 || Math.abs(at - judge) < 2;
  const stations: Station[] = [];
  let quiet: number[] = [];
  const flush = (): void => {
    if (quiet.length > 1 && stops.length > STATIONS_OPEN)
      stations.push({ name: [text(WAY_WORDS.between(quiet.length))], marks: [] });
    else stations.push(...quiet.map((at) => stationOf(stops[at]!, null)));
    quiet = [];
  };
  for (const [at, each] of stops.entries()) {
    if (!isKept(each, at)) {
      quiet.push(at);
      continue;
    }
    flush();
    stations.push(stationOf(each, at === judge ? deed : null));
  }
  return stations;
}

/** `deed`: what was done there, of who judged. Its own line is believed wherever the chain of hosts is not. */
function stationOf({ name, ip, delay, trusted, marks, state }: Stop, deed: string | null): Station {
  const shown = name ?? ip;
  const notes: Line[] = [
    ...(name === null || ip === null ? [] : [[codeInline(ip)]]),
    ...(delay === null ? [] : [[text(WAY_WORDS.after), ...lineOf(delayWords(delay))]]),
    ...(deed === null ? [] : [[text(deed)]]),
    ...(trusted || deed !== null ? [] : [[text(WAY_WORDS.claimed)]]),
  ];
  const note = notes.flatMap((each, at): Inline[] => (at === 0 ? [...each] : [text(", "), ...each]));
  return {
    name: [shown === null ? text(TRIAGE_WORDS.nobody) : codeInline(shown, NAME_SHOWN)],
    ...(note.length === 0 ? {} : { note }),
    marks,
    ...(state === undefined ? {} : { state }),
  };
}
