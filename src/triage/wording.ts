/** General wording: sentences that name one cause and no other, whoever says them. */
import type { Cause } from "./causes.ts";

/** A text that says this names the cause itself, so that an entry that was only likely becomes certain. */
export const NAMES: ReadonlyMap<Cause, RegExp> = new Map<Cause, RegExp>([
  ["spf.temperror", /\bspf\b[^.]{1,60}\b(?:temperror|temporary error)/],
  ["spf.permerror", /\bspf\b[^.]{1,60}\b(?:permerror|permanent error)/],
  [
    "spf.fail",
    /\b(?:rejected|reject|refused|blocked|denied) (?:due to|because of|by|per) (?:the )?(?:sender'?s? )?spf\b|\bspf: \S{1,253} is not allowed to send|\bspf (?:hard ?fail|check failed|verification failed|fail\b)/,
  ],
  [
    "dmarc.policy",
    /\bdmarc (?:check|verification|evaluation|validation) (?:has )?failed|\b(?:due to|because of|by|per) (?:the )?(?:[a-z\d._-]{1,253} )?(?:domain'?s? |sender'?s? )?dmarc policy\b(?!,|$)/,
  ],
  ["dkim.signature", /\b(?:bad|invalid) dkim signature|dkim (?:verification|validation|check) failed/],
  ["auth-required", /authentication (?:unsuccessful|required|failed|credentials invalid)|must authenticate/],
  [
    "rate-limited",
    /too many (?:concurrent )?(?:connections|messages|recipients|sessions|mails)|rate limit exceeded|exceeded (?:the |its )?rate limit|limit on the number of|quota for sending/,
  ],
  ["rdns.missing", /\b(?:no|missing|without) (?:a )?(?:valid )?(?:ptr|reverse dns)\b/],
  ["mailbox-full", /\b(?:mailbox|inbox) (?:is )?full|over quota|quota exceeded/],
  ["too-large", /message (?:is )?too (?:large|big)|exceeds? (?:the )?(?:maximum )?(?:message )?size/],
  [
    "unknown-user",
    /\b(?:user|recipient|mailbox) (?:unknown|not found|does not exist)|(?:no such|unknown) user/,
  ],
  ["relaying-denied", /relay(?:ing)? (?:access )?(?:denied|not permitted)/],
  [
    "content",
    /\b(?:detected|flagged|rejected|classified|identified|considered) (?:as|to be) (?:a )?(?:spam|virus)\b/,
  ],
  [
    "tls.required",
    /mismatch in tls versions|\btls (?:is )?required\b|must issue a starttls|requires (?:the use of )?(?:start)?tls\b/,
  ],
  ["greylisted", /\bgr[ea]y-?list/],
]);
