/** What the two stream transports, TCP and DoH, have in common: one query, one reply or the reason for none. */
import { HEADER_OCTETS } from "./codec.ts";
import type { Query } from "./codec.ts";

/** What came of one exchange. `packet` is an answer to the very question; it is not decoded. */
export type Reply =
  | { kind: "packet"; packet: Buffer }
  | { kind: "failed"; why: "unreachable" | "timeout" | "malformed" | "servfail"; detail: string };

/** Called once; never after the exchange was cancelled. */
export type OnReply = (reply: Reply) => void;

/** Starts one exchange that ends within `limitMs`; what comes back cancels it. */
export type Send = (query: Query, limitMs: number, onReply: OnReply) => () => void;

/** Whether `packet` is an answer to the query `sent`, whose question ends at `end`: id and question octet for octet. */
export function answers(packet: Uint8Array, sent: Uint8Array, end: number): boolean {
  if (packet.length < end || packet[0] !== sent[0] || packet[1] !== sent[1]) return false;
  if ((packet[2]! & 0x80) === 0 || packet[4] !== 0 || packet[5] !== 1) return false;
  for (let at = HEADER_OCTETS; at < end; at++) if (packet[at] !== sent[at]) return false;
  return true;
}
