/**
 * The label that Microsoft 365 makes of a domain (`<domainGUID>`, `<CustomDomainWithDashes>`), and back. Microsoft documents only
 * "dots become dashes"; the rest was inferred from public DNS (setup-flows, `domainGuidRule`) and predicts, compares and explains.
 */
import { TENANT_LABEL_MAX } from "./limits.ts";

/** Positions of a group: one letter of the code stands for four. */
const GROUP = 4;
/** What cuts the name from the code. */
const MARK = "0";
const LETTERS = { first: "a".charCodeAt(0), count: 2 ** GROUP } as const;

/** `domain` in lower case without final dot, an IDN as its A-labels; null where the label would not fit behind "selector1-". */
export function tenantLabel(domain: string): string | null {
  const name = domain.toLowerCase().replace(/\.$/, "");
  const bare = name.replaceAll("-", "").replaceAll(".", "-");
  const label = name.includes("-") ? `${bare}${MARK}${codeOf(name)}` : bare;
  return label.length > TENANT_LABEL_MAX ? null : label;
}

/** Where the hyphens stood: a letter b to p for four positions, a number for a run of groups without any. */
function codeOf(name: string): string {
  let code = "";
  let empty = 0;
  for (let start = 0; start < name.length; start += GROUP) {
    let value = 0;
    for (let at = 0; at < GROUP; at += 1) if (name[start + at] === "-") value += 2 ** at;
    if (value === 0) {
      empty += 1;
      continue;
    }
    code += (empty === 0 ? "" : String(empty)) + String.fromCharCode(LETTERS.first + value);
    empty = 0;
  }
  return code;
}

/** The domain that a label belongs to; null where it is the label of none. */
export function domainOfLabel(label: string): string | null {
  const lower = label.toLowerCase();
  if (lower.length > TENANT_LABEL_MAX || !/^[a-z0-9-]+$/.test(lower)) return null;
  for (let mark = lower.indexOf(MARK); mark >= 0; mark = lower.indexOf(MARK, mark + 1)) {
    const places = placesOf(lower.slice(mark + 1));
    const domain = places === null ? null : insert(lower.slice(0, mark), places);
    // A name may hold a "0" of its own: only what gives the same label again is right.
    if (domain !== null && tenantLabel(domain) === lower) return domain;
  }
  const plain = lower.replaceAll("-", ".");
  return plain.includes(".") && tenantLabel(plain) === lower ? plain : null;
}

/** Positions of the hyphens in the whole name; null where the text is no code. */
function placesOf(code: string): number[] | null {
  if (!/^(?:\d{0,2}[b-p])+$/.test(code)) return null;
  const places: number[] = [];
  let group = 0;
  for (const [, run = "", letter = ""] of code.matchAll(/(\d{0,2})([b-p])/g)) {
    group += run === "" ? 0 : Number(run);
    const value = letter.charCodeAt(0) - LETTERS.first;
    for (let at = 0; at < GROUP; at += 1) if ((value & (1 << at)) !== 0) places.push(group * GROUP + at);
    group += 1;
  }
  return places;
}

function insert(bare: string, places: readonly number[]): string | null {
  let name = bare.replaceAll("-", ".");
  for (const place of places) {
    if (place > name.length) return null;
    name = `${name.slice(0, place)}-${name.slice(place)}`;
  }
  return name;
}

/** What stands in a DKIM target between "selector1-" and "._domainkey"; null where it is no such target. */
export function labelInTarget(target: string): string | null {
  return /^selector[12]-([a-z0-9-]{1,63})\._domainkey\./.exec(target.toLowerCase())?.[1] ?? null;
}
