/** Who asks in tests, and where. */
import type { Actor, Place } from "../../src/commands/request.ts";

export const ACTOR: Actor = { id: "tester" };
export const PLACE: Place = { platform: "web", tenant: "local", conversation: "page", private: true };
/** What a command's context holds of the request. */
export const ASKED = { actor: ACTOR, place: PLACE, request: "1" } as const;
