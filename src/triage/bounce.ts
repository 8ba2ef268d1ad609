/** Reading of what people paste about mail that was not delivered: reports, replies, log lines, prose. */
import {
  beforeReturned,
  isDelivered,
  readFeedback,
  readStatus,
  type DeliveryStatus,
  type Feedback,
} from "./dsn.ts";
import { readBlock, type Field } from "./headers.ts";
import { readParts } from "./mime.ts";
import { codesOf, DIAGNOSTIC_MAX, normalise, unquote } from "./smtp-line.ts";

export interface Bounce {
  /** "report": of a mail system; "feedback": RFC 5965; "auto-reply": of a person's program; "text": anything else. */
  kind: "report" | "feedback" | "auto-reply" | "text";
  /** What the receiver or the reporting system said, without the returned message; foreign text. */
  diagnostic: string;
  /** The same for matching: lower case, one line, codes taken out. */
  normalised: string;
  /** From the first reply on: what the refusing side itself said; "" where there is no reply. */
  reply: string;
  /** The first reply of class 4 or 5. */
  code: string | null;
  /** Enhanced codes in the order of the text; that of the first reply first. */
  enhanced: string[];
  statuses: DeliveryStatus[];
  feedback: Feedback | null;
  /** Host that refused: its name in the text or Remote-MTA. */
  receiver: string | null;
  recipient: string | null;
  /** To whom the report went: the envelope sender of the failed message; null where the text does not tell. */
  returnedTo: string | null;
  /** The report says that the mail arrived. */
  delivered: boolean;
  /** The first reply is the reporting system's reading of one ("<<< 550 …" is the receiver's), and nothing bears it out. */
  echoed: boolean;
  /** A report or message is not whole: From or all of its body is missing. */
  cut: boolean;
}

const REPORT_FROM = /mailer-daemon|postmaster|mail delivery|mail-daemon|bounce/i;
const REPORT_SUBJECT =
  /undeliver|delivery (?:status|fail|has failed|report|problem)|fail(?:ure|ed)|returned mail|not delivered|mail (?:system )?error|rejected|could ?n.t be delivered|warning: (?:could not|message)|delayed/i;

interface Human {
  text: string;
  machine: string;
  returnedTo: string | null;
  kind: Bounce["kind"];
}

/** The human and machine parts of a whole report; null where the block is no report. */
function readReport(fields: readonly Field[], body: string): Human | null {
  const of = (key: string): string => fields.find((field) => field.key === key)?.value ?? "";
  const type = of("content-type").toLowerCase();
  const isReport =
    type.includes("multipart/report") ||
    REPORT_FROM.test(of("from")) ||
    of("x-failed-recipients") !== "" ||
    (REPORT_SUBJECT.test(of("subject")) && /^\s*<>/.test(of("return-path")));
  const auto = /^auto-(?:replied|generated)/i.test(of("auto-submitted")) || of("x-autoreply") !== "";
  if (!isReport && !auto) return null;
  const human: string[] = [];
  const machine: string[] = [];
  for (const part of readParts(fields, body).parts) {
    if (/^message\/(?:rfc822|partial|global)$|rfc822-headers|global-headers/.test(part.type)) continue;
    if (/delivery-status|feedback-report/.test(part.type)) machine.push(part.text);
    else if (part.type.startsWith("text/html") && human.length > 0) continue;
    else if (part.type.startsWith("text/html")) human.push(part.text.replaceAll(/<[^<>]{0,2000}>/g, " "));
    else if (part.type.startsWith("text/")) human.push(part.text);
  }
  const status = machine.join("\n\n");
  return {
    // Where the boundary does not fit the parts, everything is one text.
    text: human.length === 0 && status === "" ? body : human.join("\n"),
    machine: status,
    returnedTo: /[^\s<>@]{1,200}@[^\s<>,;]{1,253}/.exec(of("to"))?.[0].toLowerCase() ?? null,
    kind: /^feedback-type:/im.test(status) ? "feedback" : isReport ? "report" : "auto-reply",
  };
}

function isCut({ fields, body }: { fields: readonly Field[]; body: string | null }): boolean {
  return (body ?? "").trim() === "" || !fields.some(({ key }) => key === "from");
}

/** Sendmail marks what the receiver said; lines between are its own. */
const SAID = /^(?:[ \t>]|&gt;){0,8}(?:<<<|(?:&lt;){3}) ?/gm;

/** Whether a first reply is none of the lines that the receiver said, and no Diagnostic-Code either. */
function isEchoed(text: string, reply: string, said: readonly string[]): boolean {
  const heard = [...text.matchAll(SAID)]
    .slice(0, SAID_MAX)
    .map(({ index, 0: mark }) => text.slice(index + mark.length, index + mark.length + ECHO_MAX));
  const first = reply.slice(0, ECHO_MAX).toLowerCase();
  const isSame = (each: string): boolean => {
    const line = each.split("\n", 1)[0]!.trim().toLowerCase();
    return line !== "" && first.startsWith(line);
  };
  const isBorneOut = said.some((each) => each.toLowerCase().includes(first.split(/[\n)]/, 1)[0]!));
  return first !== "" && heard.length > 0 && !heard.some(isSame) && !isBorneOut;
}

/** Characters by which two replies are known to be the same, and lines of a transcript that are held against. */
const ECHO_MAX = 60;
const SAID_MAX = 50;

const HOST = /\bhost (?:name )?([a-z\d][a-z\d.-]{2,200})\s?\[|\[([a-z\d.-]{1,80}\.protection\.outlook\.com)/i;
const RECIPIENT = /<([^<>\s@]{1,64}@[a-z\d.-]{1,253})>(?::| \(expanded)|\bto=<([^<>\s]{1,320})>/i;

/** Reads a pasted text. Never throws; what is beyond DIAGNOSTIC_MAX is left out. */
export function readBounce(pasted: string): Bounce {
  const reading = readBlock(pasted);
  const report = reading.kind === "block" ? readReport(reading.block.fields, reading.block.body ?? "") : null;
  const plain = unquote((report?.text ?? pasted).slice(0, DIAGNOSTIC_MAX));
  const machine = unquote((report?.machine ?? "").slice(0, DIAGNOSTIC_MAX));
  const all = readStatus(machine === "" ? plain : machine);
  const statuses = all.filter((each) => !isDelivered(each));
  const feedback = readFeedback(machine === "" ? plain : machine);
  const human = beforeReturned(plain, (part) => codesOf(part).code !== null).trim();
  const said = statuses.flatMap(({ diagnostic }) => (diagnostic === null ? [] : [diagnostic]));
  const diagnostic = [human, ...said.filter((each) => !human.includes(each))]
    .filter((each) => each !== "")
    .join("\n");
  const { code, enhanced, at } = codesOf(diagnostic);
  const statusCodes = statuses.flatMap(({ status }) => (status === null ? [] : [status]));
  const reply = at < 0 ? "" : diagnostic.slice(at);
  const near = codesOf(reply.slice(0, 3 * 4 + 200)).enhanced;
  const host = HOST.exec(diagnostic);
  const recipient = RECIPIENT.exec(human);
  return {
    kind: report?.kind ?? (feedback === null ? "text" : "feedback"),
    diagnostic,
    normalised: normalise(diagnostic),
    reply,
    code,
    enhanced: [...new Set([...near, ...enhanced, ...statusCodes])],
    statuses,
    feedback,
    receiver: statuses.find(({ remote }) => remote !== null)?.remote ?? host?.[1] ?? host?.[2] ?? null,
    recipient:
      statuses.find((each) => each.recipient !== null)?.recipient ?? recipient?.[1] ?? recipient?.[2] ?? null,
    returnedTo: report?.returnedTo ?? null,
    delivered: all.length > 0 && statuses.length === 0,
    echoed: isEchoed((report?.text ?? pasted).slice(0, DIAGNOSTIC_MAX), reply, said),
    cut: reading.kind === "block" && isCut(reading.block),
  };
}
