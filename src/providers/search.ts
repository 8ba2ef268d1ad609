/** Finds providers by what a person typed: letters, an id, a name, part of one, one with a slip. */
import { MAX_ASKED, NEAREST_TOLD } from "./limits.ts";
import type { Provider } from "./schema.ts";

/** First and last letter, in capitals. */
export interface Letters {
  first: string;
  last: string;
}

/** The groups of the directory. */
export const GROUPS: readonly Letters[] = [
  { first: "A", last: "E" },
  { first: "F", last: "L" },
  { first: "M", last: "S" },
  { first: "T", last: "Z" },
];

/** "A-E", or "M". */
export function lettersText({ first, last }: Letters): string {
  return first === last ? first : `${first}-${last}`;
}

/** Reads "a-e", "M" or "T – Z", in either order; null for anything else. */
export function readLetters(text: string): Letters | null {
  const found = /^([a-z])(?:\s*[-–—]\s*([a-z]))?$/i.exec(text.trim());
  if (found === null) return null;
  const one = found[1]!.toUpperCase();
  const other = (found[2] ?? one).toUpperCase();
  return one <= other ? { first: one, last: other } : { first: other, last: one };
}

/** Whether a provider stands under these letters, by the first of its name. */
export function isUnder({ name }: Provider, { first, last }: Letters): boolean {
  const letter = name.charAt(0).toUpperCase();
  return letter >= first && letter <= last;
}

/** Letters and digits alone, in lower case, without accents. */
function keyOf(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "");
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

interface Keys {
  provider: Provider;
  /** Its id and its name: either alone names it, whatever else it may mean. */
  own: ReadonlySet<string>;
  /** With other names, and names without what stands in parentheses. */
  names: readonly string[];
  /** Runs of words out of any of them. */
  runs: ReadonlySet<string>;
}

function keysOf(provider: Provider): Keys {
  const { id, name, aliases = [] } = provider;
  const all = [id, name, name.replace(/\([^()]*\)/g, ""), ...aliases];
  const runs = new Set<string>();
  for (const words of all.map(wordsOf))
    for (let from = 0; from < words.length; from += 1)
      for (let to = from + 1; to <= words.length; to += 1) runs.add(words.slice(from, to).join(""));
  const names = [...new Set(all.map(keyOf))];
  return { provider, own: new Set([keyOf(id), keyOf(name)]), names, runs };
}

/** What was found: one, several to choose from, or none with those that are nearest. */
export type Found =
  | { kind: "one"; provider: Provider }
  | { kind: "several"; providers: readonly Provider[] }
  | { kind: "none"; nearest: readonly Provider[] };

/** Slips that are forgiven in a name of this length: one from four letters, two from seven. */
function slipsFor(length: number): number {
  if (length < 4) return 0;
  return length < 7 ? 1 : 2;
}

type Distance = (a: string, b: string) => number;
interface Slip {
  provider: Provider;
  /** Edits between what was typed and the nearest of the texts. */
  slips: number;
  forgiven: boolean;
}

/** How far each provider is from what was typed, by the texts that `list` gives for it. */
function slipsOf(
  keys: readonly Keys[],
  asked: string,
  distance: Distance,
  list: (each: Keys) => readonly string[],
): Slip[] {
  return keys.map((each) => {
    const far = list(each).map((text) => {
      const slips = distance(text, asked);
      return { slips, forgiven: slips <= slipsFor(Math.min(text.length, asked.length)) };
    });
    const nearest = far.toSorted((a, b) => a.slips - b.slips)[0];
    return { provider: each.provider, ...(nearest ?? { slips: asked.length, forgiven: false }) };
  });
}

/** Those with the fewest slips, if they are forgiven. */
function nearestOf(slips: readonly Slip[]): Provider[] {
  const forgiven = slips.filter((each) => each.forgiven);
  const fewest = Math.min(...forgiven.map((each) => each.slips));
  return forgiven.filter((each) => each.slips === fewest).map(({ provider }) => provider);
}

/**
 * Finds by name. Each step is tried only where those before it found nothing: the id or the name; another name or words of one;
 * the name's beginning; one or two slips; a part of the name. `distance`: edits between two texts.
 */
export function findProviders(providers: readonly Provider[], text: string, distance: Distance): Found {
  const asked = keyOf(text.slice(0, MAX_ASKED));
  const keys = providers.map(keysOf);
  if (asked === "") return { kind: "none", nearest: [] };
  const own = keys.filter((each) => each.own.has(asked));
  if (own.length === 1) return { kind: "one", provider: own[0]!.provider };
  const steps: ((each: Keys) => boolean)[] = [({ runs, names }) => runs.has(asked) || names.includes(asked)];
  if (asked.length > 2)
    steps.push(({ names, runs }) => [...names, ...runs].some((name) => name.startsWith(asked)));
  for (const step of steps) {
    const found = keys.filter(step).map(({ provider }) => provider);
    if (found.length > 0) return told(found);
  }
  const whole = slipsOf(keys, asked, distance, ({ names }) => names);
  // A short run ("by", "go") is near to everything.
  const parts = slipsOf(keys, asked, distance, ({ runs }) => [...runs].filter((run) => run.length > 4));
  for (const slips of [whole, parts]) {
    const found = nearestOf(slips);
    if (found.length > 0) return told(found);
  }
  const inside = keys.filter(({ names }) => asked.length > 3 && names.some((name) => name.includes(asked)));
  if (inside.length > 0) return told(inside.map(({ provider }) => provider));
  const nearest = [...whole, ...parts].toSorted((a, b) => a.slips - b.slips).map(({ provider }) => provider);
  return { kind: "none", nearest: [...new Set(nearest)].slice(0, NEAREST_TOLD) };
}

function told(providers: readonly Provider[]): Found {
  const [first] = providers;
  return providers.length === 1 && first !== undefined
    ? { kind: "one", provider: first }
    : { kind: "several", providers };
}
