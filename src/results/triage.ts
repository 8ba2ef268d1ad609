/** JSON of `triage`: why a message failed, who acts, and what that rests on. Local parts of addresses are masked in every text of it. */
import * as z from "zod";
import { CAUSES, type Cause } from "../triage/causes.ts";
import { envelope, sentence, type Frozen } from "./envelope.ts";

export const causeIdSchema = z.enum(Object.keys(CAUSES) as [Cause, ...Cause[]]);

export const actorSchema = z.enum([
  "sender-dns-admin",
  "sender-mail-admin",
  "sending-provider",
  "sender",
  "receiver",
  "recipient",
  "forwarder",
  "nobody",
]);

export const mechanismSchema = z.enum([
  "spf",
  "dkim",
  "dmarc",
  "arc",
  "rdns",
  "tls",
  "reputation",
  "rate",
  "content",
  "recipient",
  "relay",
  "other",
]);

const word = z.string().nullable();

export const hopSchema = z.object({
  from: z.string().nullable().describe("the client: its name for itself, or the one found for its address"),
  ip: z.string().nullable(),
  by: z.string().nullable().describe("the server that wrote the line"),
  protocol: z.string().nullable(),
  at: z.number().nullable().describe("milliseconds since 1970"),
  delay: z.number().nullable().describe("seconds since the hop before; negative where clocks disagree"),
  trusted: z.boolean().describe("written by the receiver; the others are claims"),
});

export const resultRowSchema = z.object({
  method: z.string(),
  result: z.string(),
  about: z.string().nullable().describe("the domain it is about"),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  trusted: z.boolean(),
});

export const keySchema = z.object({
  domain: z.string().nullable(),
  selector: z.string().nullable(),
  key: z
    .enum(["ok", "weak", "missing", "revoked", "broken", "unknown", "not-asked"])
    .describe("what lies at the selector now; unknown: DNS did not answer"),
  result: z.string().nullable().describe("null: it takes the whole message to tell"),
  reason: z.string().nullable(),
});

export const decodedSchema = z.object({
  code: z.string(),
  meaning: z.string(),
  by: z.string().describe("who uses it so: an RFC, a provider"),
  source: z.string().nullable(),
  date: z.string().nullable().describe("when that source was read, as in 2026-11-10"),
  advice: z.string().nullable().describe("what that source says to do"),
});

export const triageSchema = z.object({
  texts: z.number().describe("how many pasted texts it rests on"),
  cause: causeIdSchema,
  mechanism: mechanismSchema,
  confidence: z
    .enum(["certain", "likely", "guess"])
    .describe("certain: the receiver's own words name this cause; guess: a code or single words only"),
  actor: actorSchema.nullable().describe("who has to act; null where it cannot be told"),
  notAuthentication: z.boolean().describe("it is none of SPF, DKIM, DMARC, ARC or reverse DNS"),
  code: z.string().nullable(),
  enhanced: z.string().nullable(),
  receiver: z.string().nullable().describe("the host that refused or took the mail in"),
  from: z.string().nullable().describe("domain of From"),
  ip: z.string().nullable().describe("the address the receiver saw"),
  facts: z.array(z.object({ said: z.string(), by: z.string().nullable(), trusted: z.boolean() })),
  replay: z
    .object({ spf: word, dkim: word, dmarc: word, arc: word })
    .nullable()
    .describe("what DNS says now; a null in it: it takes more than what was pasted to tell"),
  next: sentence("what to do now"),
  basis: z
    .enum(["words", "status", "results", "feedback", "dns", "nothing"])
    .describe("what the cause was read from"),
  then: z
    .object({ cause: causeIdSchema, confidence: z.enum(["certain", "likely", "guess"]) })
    .describe("what the pasted text alone says"),
  now: z
    .enum(["same", "right", "gone", "unchecked", "open", "not-asked"])
    .describe(
      "what DNS says of it now; right: it would pass, so it was mended since; gone: the record is not there",
    ),
  provider: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe("who seems to have sent it, by the names of its servers"),
  spf: z
    .object({ domain: z.string(), ip: z.string(), result: z.string(), term: z.string().nullable() })
    .nullable(),
  keys: z.array(keySchema),
  policy: z
    .object({
      domain: z.string().nullable(),
      published: z.string().nullable(),
      result: z.string().nullable(),
    })
    .nullable()
    .describe("DMARC of From's domain, as published now"),
  reverse: z
    .object({
      ip: z.string(),
      names: z.array(z.string()),
      state: z
        .enum(["ok", "unconfirmed", "missing", "unknown"])
        .describe("ok: a name leads back to the address; unknown: DNS did not answer"),
    })
    .nullable()
    .describe("reverse DNS now, where it is what failed"),
  hops: z.array(hopSchema),
  results: z.array(resultRowSchema),
  codes: z.array(decodedSchema),
  ticket: z.array(z.string()).describe("five lines of plain text for a ticket"),
});

export const triageResultSchema = z.object({
  ...envelope,
  command: z.literal("triage"),
  domain: z.string().nullable().describe("the domain at fault"),
  kind: z.literal("triage"),
  data: triageSchema,
});

export type TriageData = Frozen<z.infer<typeof triageSchema>>;
export type TriageResult = Frozen<z.infer<typeof triageResultSchema>>;
