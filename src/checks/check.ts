/** What a check is to `check DOMAIN`: a title, the shape of its data, and the one line it says when nothing is wrong. */
import type * as z from "zod";
import type { DirectDns } from "../dns/direct.ts";
import type { Check, FindingTexts } from "../finding.ts";
import type { Dns, Http, Name } from "../ports.ts";
import type { Sentence } from "../text/say.ts";

/** What every check may use. A check that takes more takes it as options. */
export interface CheckContext {
  dns: Dns;
  http: Http;
  domain: Name;
  /** A label that nobody has defined, to find wildcards with; made by the caller, so that a check stays repeatable. */
  probe: string;
  /** Name servers can be asked themselves. */
  direct?: DirectDns;
  /** Milliseconds since 1970. */
  now: () => number;
}

export interface DomainCheck<
  D = unknown,
  F extends FindingTexts = FindingTexts,
  C = CheckContext,
> extends Check<C, D, F> {
  /** As people know it: "MTA-STS". */
  title: string;
  /** The shape of `data`, for `docs/schema.json`. */
  schema: z.ZodType<D>;
  /** Findings that say there is nothing of it, where that is no fault: shown without a tick. */
  absent?: readonly (keyof F & string)[];
  /** What there is, in one line: said where no finding is worse than information. */
  tell: (data: D) => Sentence;
}

/** Declares a check that `check DOMAIN` runs; `src/checks/index.ts` lists them. */
export function defineDomainCheck<D, F extends FindingTexts, C = CheckContext>(
  check: DomainCheck<D, F, C>,
): DomainCheck<D, F, C> {
  return check;
}
