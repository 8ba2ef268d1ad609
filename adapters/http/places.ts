/** The addresses of a host: one look-up of each family, side by side, and every address judged before any is used. */
import type { Answer, Clock, Dns } from "../../src/ports.ts";
import { failed, type Failed } from "./failure.ts";

/** Addresses in the order to be tried: the families in turn, IPv4 first, since more machines have it. */
export interface Places {
  kind: "places";
  addresses: readonly string[];
}

/** What finding them needs; `allows` judges one address. */
export interface PlacesWorld {
  dns: Dns;
  clock: Clock;
  allows: (address: string) => boolean;
}

/**
 * One non-public address among them refuses the host, whatever its range and whatever else it has, so that nobody learns anything
 * about the machines there (threats §0, no. 2). `end`: monotonic milliseconds.
 */
export async function findPlaces(
  { dns, clock, allows }: PlacesWorld,
  host: string,
  end: number,
): Promise<Places | Failed> {
  const call = { deadline: end };
  const asked = Promise.all([
    dns.ask({ name: host, type: "A" }, call),
    dns.ask({ name: host, type: "AAAA" }, call),
  ]);
  const answers = await within(clock, end, asked);
  if (answers === null) return failed("timeout");
  const [four, six] = answers.map(addressesOf) as [readonly string[], readonly string[]];
  const all = [...four, ...six];
  if (all.length === 0) return missing(answers);
  if (!all.every(allows)) return failed("blocked");
  return { kind: "places", addresses: inTurn(four, six) };
}

function addressesOf(answer: Answer<string>): readonly string[] {
  return answer.kind === "records" ? answer.records : [];
}

/** "Could not ask" of one family leaves open whether the host has an address. */
function missing(answers: readonly Answer<string>[]): Failed {
  const silent = answers.find((answer) => answer.kind === "failed");
  return silent === undefined ? failed("no-address") : failed("dns", silent.why);
}

function inTurn(four: readonly string[], six: readonly string[]): string[] {
  const most = Math.max(four.length, six.length);
  return Array.from({ length: most }, (_, index) => [four[index], six[index]])
    .flat()
    .filter((address) => address !== undefined);
}

/** What a promise gives, or null where it has not by `end`; nobody waits for it then. */
function within<T>(clock: Clock, end: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(Math.max(0, end - clock.monotonic()), () => {
      resolve(null);
    });
    promise.then(resolve, reject).finally(cancel);
  });
}
