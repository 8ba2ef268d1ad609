/** What a question ended in, in the words of the ports. */
import type { Answer, FailureReason, Question, RecordData, RecordType, Told } from "../../src/ports.ts";
import type { DirectAnswer } from "../../src/dns/direct.ts";
import type { Outcome } from "./asking.ts";
import { encodeName } from "./codec.ts";
import { FormatError } from "./names.ts";

/** An answer that never went out: ours to tell, without any message. */
export function unasked(why: FailureReason, detail: string, server: string, at: number): Answer<never> {
  return { kind: "failed", why, detail, aliases: [], authenticated: false, server, at, messages: 0 };
}

/** The name of a question as labels, or what makes it impossible to ask for. */
export function encodeAsked({ name }: Question): Uint8Array | string {
  try {
    return encodeName(name);
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

function toldOf({ aliases, authenticated, server, messages }: Outcome, at: number): Told {
  return { aliases: [...aliases], authenticated, server, at, messages };
}

/** The port's answer to a question that was asked with recursion. */
export function answerOf<T extends RecordType>(outcome: Outcome, at: number): Answer<RecordData[T]> {
  const { reading, chainTtl, ede } = outcome;
  const told = toldOf(outcome, at);
  switch (reading.kind) {
    case "records": {
      const ttl = Math.min(chainTtl, reading.ttl);
      // The reading holds data of the type that was asked for, and of no other.
      const records = reading.records as readonly RecordData[T][];
      return { ...told, kind: "records", records, ttl, originalTtl: ttl };
    }
    case "none": {
      if (reading.ttl === undefined) return { ...told, kind: "none", why: reading.why };
      const ttl = Math.min(chainTtl, reading.ttl);
      return { ...told, kind: "none", why: reading.why, ttl, originalTtl: ttl };
    }
    case "failed": {
      const { why, detail } = reading;
      return { ...told, kind: "failed", why, detail, ...(ede === undefined ? {} : { ede }) };
    }
    case "alias":
    case "referral":
      // With recursion the one is followed and the other is a failure.
      return { ...told, kind: "failed", why: "malformed", detail: `unexpected ${reading.kind}` };
  }
}

/** The answer to a question that was asked without recursion. */
export function directAnswerOf<T extends RecordType>(
  outcome: Outcome,
  at: number,
): DirectAnswer<RecordData[T]> {
  const { reading, authoritative } = outcome;
  const told = toldOf(outcome, at);
  switch (reading.kind) {
    case "referral":
      return { ...told, kind: "referral", zone: reading.zone, servers: reading.servers };
    case "alias":
      return { ...told, kind: "alias", target: reading.target, ttl: reading.ttl, authoritative };
    case "records":
    case "none":
    case "failed":
      return { ...answerOf<T>(outcome, at), authoritative };
  }
}
