/** Asking one name server what it holds itself: for "is it published yet?", before any resolver's cache has noticed. */
import type { Answer, Call, Name, Question, RecordData, RecordType, Told } from "../ports.ts";

/** What one server says, with what only a direct answer can say. */
export type DirectAnswer<R> =
  | (Answer<R> & {
      /** AA: the server holds the zone itself (RFC 1035 §4.1.1). */
      authoritative: boolean;
    })
  | (Told & {
      /** The server knows of a zone below whose own servers are to be asked. Their names are foreign: ask the resolver for addresses. */
      kind: "referral";
      zone: Name;
      servers: readonly Name[];
    })
  | (Told & {
      /** The name is an alias, and its target lies in no zone of this server. `aliases` holds the chain, `target` its end. */
      kind: "alias";
      target: Name;
      ttl: number;
      authoritative: boolean;
    });

/** On whose behalf, and at which port; without one 53, or the port that the allow-list names for the address. */
export interface DirectCall extends Call {
  port?: number;
}

/**
 * Asks one name server at an address, without recursion and without any cache. Never rejects. Addresses that are not public are
 * answered with "blocked", unless the operator allowed them; so are ports other than 53.
 */
export interface DirectDns {
  askDirect: <T extends RecordType>(
    address: string,
    question: Question<T>,
    call?: DirectCall,
  ) => Promise<DirectAnswer<RecordData[T]>>;
}
