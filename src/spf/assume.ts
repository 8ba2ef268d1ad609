/** "As if that record were published": a Dns in which one name's TXT records are others. */
import type { Answer, Dns, Name, Question, RecordData, RecordType } from "../ports.ts";
import { octetsOf } from "../text/octets.ts";

/** What `Told.server` says of an assumed record. */
const SERVER = "assumed";

/** Answers TXT questions for `name` with `text` (one character an octet); asks the rest. */
export function assumeRecord(dns: Dns, name: Name, text: string): Dns {
  const lower = name.toLowerCase();
  const answer: Answer<RecordData["TXT"]> = {
    kind: "records",
    records: [[octetsOf(text)]],
    ttl: 0,
    originalTtl: 0,
    aliases: [],
    authenticated: false,
    server: SERVER,
    at: 0,
    messages: 0,
  };
  return {
    ask<T extends RecordType>(question: Question<T>, call?: Parameters<Dns["ask"]>[1]) {
      const assumed = question.type === "TXT" && question.name.toLowerCase() === lower;
      return assumed ? Promise.resolve(answer as Answer<RecordData[T]>) : dns.ask(question, call);
    },
  };
}
