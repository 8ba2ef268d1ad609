/** `dkim`: the keys at a domain's selectors, named or looked for. */
import * as z from "zod";
import { dkimCheck } from "../checks/dkim/index.ts";
import { keyName, parseSelector } from "../dkim/name.ts";
import { BUDGETS } from "../dns/limits.ts";
import { parseDomain, type Domain } from "../domain.ts";
import { runCheck, type Finding } from "../finding.ts";
import { refuseSelector, refuseSelectorCount, selectorFields } from "../messages/dkim.ts";
import type { DkimData } from "../results/dkim.ts";
import { code, say } from "../text/say.ts";
import { joinWords } from "../text/words.ts";
import type { Action } from "../view/doc.ts";
import {
  checkContext,
  defineCommand,
  refuse,
  type CommandContext,
  type Outcome,
  type Produced,
  type RawArguments,
} from "./command.ts";
import { lookBack } from "./since.ts";

/** Selectors that one line may name. Source: ours; with what is asked beside each, a third of the command's budget. */
const SELECTORS_MAX = 10;

const schema = z.object({
  domain: z.string().describe("the domain, as in example.com"),
  selectors: z
    .union([z.array(z.string()), z.string().transform((text) => [text])])
    .optional()
    .describe("the selectors, as in selector1; without any they are looked for"),
  selector: z.string().optional().describe("one selector more, from a form"),
});

type Arguments = z.output<typeof schema>;

export const dkimCommand = defineCommand({
  name: "dkim",
  summary: say`Reads the DKIM keys of a domain: whether verifiers can use them, and what is wrong.`,
  usage: [
    {
      line: "dkim DOMAIN [SELECTOR…]",
      answers: say`the keys at the selectors; without selectors, those that can be found and how`,
    },
  ],
  example: "dkim example.com selector1",
  schema,
  budget: BUDGETS.dkim,
  place,
  lineOf(args) {
    const { domain, selectors } = wordsOf(args);
    return [domain, ...selectors];
  },
  run,
});

function place([domain, ...selectors]: readonly string[]): Outcome<RawArguments> {
  if (domain === undefined)
    return refuse("input.empty", say`A domain is missing. Type ${code("dkim example.com")}.`);
  return { ok: true, value: { domain, ...(selectors.length > 0 ? { selectors } : {}) } };
}

/** The words of a line: a name like `selector1._domainkey.example.com` is a selector and a domain, a comma parts selectors. */
function wordsOf({ domain: typed, selectors = [], selector }: Arguments): {
  domain: string;
  selectors: string[];
} {
  const [, first, below] = /^([^\s/]+)\._domainkey\.(.+)$/i.exec(typed) ?? [];
  const more = [...selectors, ...(selector === undefined ? [] : [selector])];
  const words = more.flatMap((each) => each.split(/[\s,]+/)).filter((each) => each !== "");
  return first === undefined || below === undefined
    ? { domain: typed, selectors: words }
    : { domain: below, selectors: [first, ...words] };
}

/** Selectors as they are asked, each once. */
function readSelectors(typed: readonly string[], domain: Domain): Outcome<string[]> {
  const selectors = new Set<string>();
  for (const each of typed) {
    const parsed = parseSelector(each, domain);
    if (!parsed.ok) return { ok: false, refusal: refuseSelector(parsed.why, each) };
    if (keyName(parsed.selector, domain) === null)
      return { ok: false, refusal: refuseSelector("too-long", each) };
    selectors.add(parsed.selector);
  }
  return selectors.size > SELECTORS_MAX
    ? { ok: false, refusal: refuseSelectorCount(selectors.size, SELECTORS_MAX) }
    : { ok: true, value: [...selectors] };
}

async function run(args: Arguments, context: CommandContext): Promise<Outcome<Produced>> {
  const words = wordsOf(args);
  const parsed = parseDomain(words.domain);
  if (!parsed.ok) return parsed;
  const { domain } = parsed;
  const selectors = readSelectors(words.selectors, domain);
  if (!selectors.ok) return selectors;
  const past = lookBack({ domain, checks: ["dkim"], width: selectors.value.length > 0 ? 0 : 2 }, context);
  const { data, findings } = await runCheck(dkimCheck, {
    ...checkContext(domain, context),
    selectors: selectors.value,
  });
  const since = await past.since({ dkim: { data, findings } });
  const notices = parsed.notices.map(({ message }) => message);
  const actions = actionsFor(domain, selectors.value, data, findings);
  return { ok: true, value: { kind: "dkim", domain, findings, data: { ...data, since }, actions, notices } };
}

/** The next steps; the first that helps most is the primary one. */
function actionsFor(
  domain: Domain,
  selectors: readonly string[],
  { selectors: found }: DkimData,
  findings: readonly Finding[],
): Action[] {
  const has = (severity: Finding["severity"]): boolean => findings.some((each) => each.severity === severity);
  const isFound = found.some(({ status }) => status === "ok");
  const isMissing = found.some(({ status }) => status === "missing");
  const primary = (is: boolean): { primary?: true } => (is ? { primary: true } : {});
  const again: Action = {
    label: "Check again",
    line: joinWords(["dkim", domain, ...selectors]),
    ...primary(has("unknown")),
  };
  const form: Action = {
    label: "Check a selector",
    line: joinWords(["dkim", domain]),
    fields: selectorFields(),
    ...primary(!has("unknown") && !isFound && selectors.length === 0),
  };
  const search: Action = {
    label: "Look for selectors",
    line: joinWords(["dkim", domain]),
    ...primary(!has("unknown") && isMissing),
  };
  return selectors.length === 0 ? [form, again] : [search, form, again];
}
