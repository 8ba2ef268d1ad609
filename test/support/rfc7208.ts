/** The openspf RFC 7208 suite as literal zones and cases. */
import type { Zone, ZoneName } from "../../src/dns/zone.ts";
import type { Result } from "../../src/spf/verdict.ts";

type Entry = [type: string, value: unknown] | ["TIMEOUT"];

interface RawScenario {
  id: string;
  tests: Record<string, RawTest>;
  zone: Record<string, Entry[]>;
}

interface RawTest {
  host: string;
  helo: string;
  mailfrom: string;
  result: Result[];
  explanation?: string;
}

export interface Scenario {
  id: string;
  zone: Zone;
  cases: (RawTest & { name: string })[];
}

const octets = (text: string) => Buffer.from(text, "latin1");

/** A name as the suite writes it (one character an octet) in presentation form. */
export function presentName(name: string): string {
  return name
    .replace(/\.$/, "")
    .replaceAll(/[\\\x00-\x20\x7f-\xff]/g, (char) =>
      char === "\\" ? "\\\\" : `\\${String(char.charCodeAt(0)).padStart(3, "0")}`,
    );
}

const LISTS = ["A", "AAAA", "PTR"] as const;

/** The types a TIMEOUT entry leaves unanswered: those the name does not give. */
const ASKED = ["A", "AAAA", "TXT", "SPF", "MX", "PTR", "CNAME"] as const;

function readName(entries: readonly Entry[], twins: boolean): ZoneName {
  const name: ZoneName & Record<string, unknown> = {};
  const of = (type: string) => entries.filter((entry) => entry[0] === type).map((entry) => entry[1]);
  for (const type of LISTS)
    if (of(type).length > 0) name[type] = of(type).map((each) => presentName(String(each)));
  const texts = of("TXT").length === 0 && twins ? of("SPF") : of("TXT");
  if (texts.length > 0 && !texts.includes("NONE"))
    name.TXT = texts.map((each) => [each].flat().map((part) => octets(String(part))));
  if (of("SPF").length > 0)
    name.SPF = of("SPF").map((each) => [each].flat().map((part) => octets(String(part))));
  if (of("MX").length > 0)
    name.MX = of("MX").map(
      (each) => [(each as [number, string])[0], presentName((each as [number, string])[1])] as const,
    );
  if (of("CNAME").length > 0) name.CNAME = presentName(String(of("CNAME")[0]));
  if (entries.some(([type]) => type === "TIMEOUT"))
    name.fail = Object.fromEntries(
      ASKED.filter((type) => !entries.some((entry) => entry[0] === type)).map((type) => [type, "timeout"]),
    );
  return name;
}

export function readScenarios(raw: readonly RawScenario[]): Scenario[] {
  return raw.map(({ id, tests, zone }) => ({
    id,
    // An SPF record counts as its TXT twin only where the scenario gives no TXT itself.
    zone: Object.fromEntries(
      Object.entries(zone).map(([name, entries]) => [
        presentName(name).toLowerCase(),
        readName(
          entries,
          !Object.values(zone)
            .flat()
            .some(([type]) => type === "TXT"),
        ),
      ]),
    ),
    cases: Object.entries(tests).map(([name, test]) => ({ name, ...test })),
  }));
}
