/** Why an input cannot be used, and what was changed or is odd in one that can. */
import type { Sentence } from "./text/say.ts";

/** `code` begins with what was wrong (contract.md): domain. ip. from. helo. input. command. */
export interface Refusal {
  code: string;
  message: Sentence;
}

/** What was changed or is odd in an input that is used all the same. */
export type Notice = Refusal;

export type Refused = { ok: false; refusal: Refusal };

export function refuse(code: string, message: Sentence): Refused {
  return { ok: false, refusal: { code, message } };
}
