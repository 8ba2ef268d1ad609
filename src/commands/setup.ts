/** `setup`: the guided conversation, from a provider's name to records that are live at the zone's own name servers. */
import * as z from "zod";
import { BUDGETS } from "../dns/limits.ts";
import { noStore } from "../messages/setup.ts";
import { say } from "../text/say.ts";
import { defineCommand, type CommandContext, type Outcome, type Produced } from "./command.ts";
import { exportRecords, lookOnBehalf, tellEnd } from "./setup/aside.ts";
import { begin, listOpen, moveOn, show, VERBS } from "./setup/session.ts";

const schema = z.object({
  words: z.array(z.string()).optional().describe("a provider and domains, or a session and what to do"),
  answers: z
    .array(z.string())
    .optional()
    .describe("answers of a form, by the names that the step asks for")
    .meta({ fields: true }),
});

export const setupCommand = defineCommand({
  name: "setup",
  summary: say`Leads through a provider's set-up until the records are live.`,
  usage: [
    {
      line: "setup PROVIDER DOMAIN…",
      answers: say`starts a set-up, or goes on with it; several domains share its questions`,
    },
    { line: "setup parked DOMAIN…", answers: say`the records of domains that send nothing` },
    { line: "setup SESSION set NAME VALUE…", answers: say`answers what the step asks` },
    {
      line: "setup SESSION verify",
      answers: say`asks the zone's own name servers whether the records are live`,
    },
    { line: "setup SESSION next", answers: say`moves on; back, stop and over too` },
    { line: "setup SESSION verify NAME", answers: say`asks about the records of one name alone` },
    {
      line: "setup SESSION tell",
      answers: say`says so here, in Slack or Teams, once the records are live; quiet takes it back`,
    },
    {
      line: "setup SESSION export [FORMAT]",
      answers: say`all records as text, bind, cloudflare, route53, terraform-aws or terraform-cloudflare`,
    },
    { line: "setup", answers: say`the set-ups that are open here` },
  ],
  example: "setup mimecast example.com",
  schema,
  budget: BUDGETS.setup,
  place: (words) => ({ ok: true, value: words.length === 0 ? {} : { words } }),
  lineOf: ({ words = [] }) => words,
  run,
});

type Arguments = z.output<typeof schema>;

async function run(
  { words = [], answers = [] }: Arguments,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const store = (await context.store?.()) ?? null;
  if (store === null) return { ok: false, refusal: noStore() };
  const [first, second, ...rest] = words;
  if (first === undefined) return listOpen(store, context);
  if (second === "export") return exportRecords(first, rest[0], store, context);
  if (second === "ends") return tellEnd(first, store, context);
  if (second === "live") return lookOnBehalf(first, rest[0] === "last", store, context);
  const verb = VERBS.find((each) => each === second);
  if (verb !== undefined) return moveOn(first, verb, [...rest, ...answers], store, context);
  // From a provider's page: a form with the domains.
  const [field, typed] = answers;
  if (second === undefined && field === "domain")
    return begin(first, typed?.split(/\s+/) ?? [], store, context);
  if (second === undefined) return show(first, store, context);
  return begin(first, [second, ...rest], store, context);
}
