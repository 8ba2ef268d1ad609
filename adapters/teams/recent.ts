/** Visible answers of the last minute: whoever asks the same in the same thread meanwhile is named under the answer, and no second one is given. */
import type { Clock } from "../../src/ports.ts";
import type { Asked } from "./inbound.ts";
import { SAME_WITHIN_MS } from "./rim-limits.ts";
import type { Talk } from "./talk.ts";
import { isShared } from "./target.ts";

export interface Recent {
  /** The talk about the same. */
  find(key: string): Talk | undefined;
  add(key: string, talk: Talk): void;
}

/** What is asked anew each time: conversations, and whatever was pasted. */
const ALWAYS_NEW = /^\/?(?:setup|triage)\b/i;

/** null: nobody else is served by this answer. Only what everyone in a thread sees can serve several. */
export function sameKey({ way, line, fields, files, html, origin }: Asked): string | null {
  const { tenant, conversation, thread, isTargeted } = origin;
  if (way !== "message" || isTargeted || !isShared(conversation)) return null;
  if (fields !== undefined || files.length > 0 || /[\r\n]/.test(line) || ALWAYS_NEW.test(line)) return null;
  // A rich paste is more than its line.
  if (html !== null && /<(?:table|pre|blockquote)\b/i.test(html)) return null;
  return JSON.stringify([tenant, conversation, thread, line.toLowerCase().replaceAll(/\s+/g, " ")]);
}

/** An empty memory. */
export function createRecent(clock: Clock): Recent {
  const talks = new Map<string, { talk: Talk; until: number }>();
  return {
    find(key) {
      // Older ones lie first.
      for (const [old, { until }] of talks) {
        if (until > clock.monotonic()) break;
        talks.delete(old);
      }
      return talks.get(key)?.talk;
    },
    add(key, talk) {
      talks.delete(key);
      talks.set(key, { talk, until: clock.monotonic() + SAME_WITHIN_MS });
    },
  };
}
