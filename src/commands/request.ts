/** What a rim hands to the App and gets back. */
import type { Doc } from "../view/doc.ts";
import type { Result } from "../results/result.ts";

/** Who asks: ids of the platform, never shown to other tenants. */
export interface Actor {
  id: string;
  name?: string;
}

/** Where it was asked; plain data, so that it can be stored and answered later. */
export interface Place {
  platform: string;
  tenant: string;
  conversation: string;
  thread?: string;
  private: boolean;
  /** What the rim needs to reach it again, of its own making. */
  via?: string;
}

export interface Upload {
  name: string;
  bytes: Uint8Array;
}

export interface Request {
  id: string;
  /** One command line, already freed of what the platform did to it (`text/unwrap.ts`). */
  line: string;
  /** The words of the line, where the rim has them apart already: a text among them is then taken as it is. */
  words?: readonly string[];
  /** The values of a form; they go with the line's own arguments. */
  fields?: Readonly<Record<string, string>>;
  files?: readonly Upload[];
  actor: Actor;
  place: Place;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/**
 * Answers one request: shows pages as they come (the last one is the answer) and gives the Result behind the last. Never rejects:
 * what cannot be used or checked is a Result that says so.
 */
export type App = (request: Request, show: (page: Doc) => Promise<void>) => Promise<Result>;
