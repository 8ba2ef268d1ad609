/** `triage`: why a message failed, from whatever was pasted, and who acts. The text is read, answered and forgotten: no line, log or store holds it; the masked answer is kept as long as its buttons live. */
import * as z from "zod";
import { parseAddress } from "../address.ts";
import { BUDGETS } from "../dns/limits.ts";
import { parseDomain } from "../domain.ts";
import { triageFinding } from "../messages/triage-findings.ts";
import { joinedNotices, refuseForgotten, refuseUnkept, type Found } from "../messages/triage-joined.ts";
import { refuseEmpty, refuseOption, refuseUnreadable } from "../messages/triage.ts";
import { KEPT_WORD } from "../text/paste.ts";
import { plural, say, type Sentence } from "../text/say.ts";
import { diagnose, type Pasted } from "../triage/diagnose.ts";
import { textOfFile } from "../triage/input.ts";
import { defineCommand, type CommandContext, type Outcome, type Produced } from "./command.ts";
import { actionsOf, TRIAGE_FORM } from "./triage/actions.ts";
import { dataOf } from "./triage/data.ts";
import { join } from "./triage/join.ts";
import { FILES_MAX } from "./triage/limits.ts";
import { keepFound, recall, type Kept, type Lost } from "./triage/keep.ts";

const schema = z.object({
  kept: z.string().regex(KEPT_WORD).optional().describe("an answer given before, by its word: kept:…"),
  text: z.string().optional().describe("the bounce, log line, headers or message; all of the line"),
  ip: z
    .string()
    .optional()
    .describe("the address that handed the message over, where the text does not tell it")
    .meta({ option: "--ip", value: "ADDR" }),
  trust: z
    .string()
    .optional()
    .describe("the host whose results and Received lines are believed")
    .meta({ option: "--trust", value: "HOST" }),
  now: z
    .string()
    .optional()
    .describe("the time by which dates are judged, as in 2026-11-10T10:00:00Z")
    .meta({ option: "--now", value: "TIME" }),
});

type Arguments = z.output<typeof schema>;

export const triageCommand = defineCommand({
  name: "triage",
  summary: say`Explains why a message failed: what broke, who has to act, and what to do now.`,
  usage: [
    {
      line: "triage [--ip ADDR] [--trust HOST] [--now TIME] TEXT",
      answers: say`what a bounce, a log line, headers or a whole message says; without a text, a form`,
    },
  ],
  example: "triage 550 5.7.26 Unauthenticated email",
  schema,
  raw: true,
  asks: TRIAGE_FORM,
  budget: BUDGETS.check,
  kept: KEPT_WORD,
  place: ([kept]) => ({ ok: true, value: kept === undefined ? {} : { kept } }),
  // Never the text: lines are logged by rims, stand on buttons and are kept.
  lineOf: ({ kept }) => (kept === undefined ? [] : [kept]),
  run,
});

/** What was given: the text, and the files that can be read; refused where there is neither. */
function readPasted({ text = "" }: Arguments, { files = [] }: CommandContext): Outcome<Pasted[]> {
  const read = files.slice(0, FILES_MAX).map(({ bytes }) => ({ bytes, read: textOfFile(bytes) }));
  const pieces: Pasted[] = text.trim() === "" ? [] : [{ text }];
  for (const { bytes, read: file } of read) {
    if (file.kind === "refused") continue;
    // Octets that were decoded from UTF-16 are not what was sent.
    const octets = file.encoding === "utf-16" ? {} : { octets: bytes };
    pieces.push({ text: file.text, ...octets });
  }
  if (pieces.length > 0) return { ok: true, value: pieces };
  const [refused] = read.flatMap(({ read: file }) => (file.kind === "refused" ? [file.why] : []));
  return { ok: false, refusal: refused === undefined ? refuseEmpty() : refuseUnreadable(refused) };
}

/** What of that which came was not read. */
function noticesOf({ files = [] }: CommandContext, pieces: number): Sentence[] {
  const left = files.length - pieces;
  return left <= 0 ? [] : [say`${left} ${plural(left, "file")} could not be read, or was one too many.`];
}

function readOptions({ ip, trust, now }: Arguments): Outcome<{ ip?: string; trust?: string; now?: number }> {
  const options: { ip?: string; trust?: string; now?: number } = {};
  if (ip !== undefined) {
    const parsed = parseAddress(ip);
    if (!parsed.ok) return parsed;
    options.ip = parsed.address.text;
  }
  if (trust !== undefined) {
    // "mx.example.com, one hop": the first word counts.
    const host = trust.split(/[\s,;]/, 1)[0]!.replace(/\.$/, "");
    if (host.length > 255 || !/^\w(?:[\w.-]{0,253}\w)?$/.test(host))
      return { ok: false, refusal: refuseOption("--trust", trust) };
    options.trust = host;
  }
  if (now !== undefined) {
    const time = Date.parse(now);
    if (Number.isNaN(time)) return { ok: false, refusal: refuseOption("--now", now) };
    options.now = time;
  }
  return { ok: true, value: options };
}

async function run(args: Arguments, context: CommandContext): Promise<Outcome<Produced>> {
  const { kept: word } = args;
  const isAdded = (args.text ?? "").trim() !== "" || (context.files?.length ?? 0) > 0;
  if (word !== undefined && !isAdded) return recalled(await recall(word, null, context), []);
  const pasted = readPasted(args, context);
  if (!pasted.ok) return pasted;
  const ofFiles = pasted.value.length - ((args.text ?? "").trim() === "" ? 0 : 1);
  const notices = noticesOf(context, ofFiles);
  const told = await explain(pasted.value, args, context);
  if (!told.ok) return told;
  if (word !== undefined) return recalled(await recall(word, told.value, context), notices);
  return { ok: true, value: produced(told.value, await keepFound(told.value, context), notices) };
}

/** What the pasted texts come to, together. */
async function explain(
  pieces: readonly Pasted[],
  args: Arguments,
  context: CommandContext,
): Promise<Outcome<Found>> {
  const options = readOptions(args);
  if (!options.ok) return options;
  const { now = context.clock.now(), ...known } = options.value;
  const { dns, verify } = context;
  const settings = { dns, now, ...(verify === undefined ? {} : { verify }) };
  const found: Found[] = [];
  for (const piece of pieces) {
    const diagnosis = await diagnose({ ...piece, ...known }, settings);
    if (diagnosis.kind === "refused") return { ok: false, refusal: refuseUnreadable(diagnosis.why) };
    found.push({ domain: diagnosis.verdict.domain, data: dataOf(diagnosis) });
  }
  return { ok: true, value: found.reduce((all, one) => join(all, one).found) };
}

function recalled(kept: Kept | Lost, notices: readonly Sentence[]): Outcome<Produced> {
  if (kept === "gone") return { ok: false, refusal: refuseForgotten() };
  if (kept === "unknown") return { ok: false, refusal: refuseUnkept() };
  return { ok: true, value: produced(kept.joined.found, kept, notices) };
}

/** The answer; where it is kept, its line asks for it again. */
function produced(found: Found, kept: Kept | null, notices: readonly Sentence[]): Produced {
  const { domain, data } = kept?.joined.found ?? found;
  const parsed = domain === null ? null : parseDomain(domain);
  const line = kept === null ? null : `triage ${kept.word}`;
  const told = kept?.isJoined === true ? joinedNotices(data.texts, kept.joined.news) : [];
  return {
    kind: "triage",
    domain,
    findings: triageFinding(data, domain),
    data,
    actions: actionsOf(data, parsed?.ok === true ? parsed.domain : null, line),
    notices: [...told, ...notices],
    ...(line === null ? {} : { line }),
  };
}
