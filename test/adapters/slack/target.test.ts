/** Where a kept answer goes: what others write, what Slack itself writes, and what is neither. */
import { expect, test } from "vitest";
import { readTarget, targetOf, targetOfAsked } from "../../../adapters/slack/target.ts";
import type { Json } from "../../../src/store.ts";

const ORIGIN = {
  tenant: "T1",
  channel: "C1",
  thread: "1.1",
  user: "U1",
  responseUrl: "https://hooks.slack.com/x",
  isPrivate: true,
  message: null,
};
const TOLD = { tenant: "T1", responseUrl: null, isPrivate: false, message: null };

test.each<[string, Json, Record<string, unknown> | null]>([
  ["a thread", { tenant: "T1", channel: "C1", thread: "1.1", user: "U1" }, { channel: "C1", thread: "1.1" }],
  ["a channel", { tenant: "T1", channel: "C1", thread: null, user: "U1" }, { channel: "C1", thread: null }],
  [
    "a channel without a word on threads",
    { tenant: "T1", channel: "C1", user: "U1" },
    { channel: "C1", thread: null },
  ],
  [
    "more than is read",
    { platform: "slack", tenant: "T1", channel: "C1", thread: null, private: false, user: "U1" },
    { channel: "C1", thread: null },
  ],
  [
    "what was private, which goes to the person",
    { tenant: "T1", channel: "C1", thread: "1.1", user: "U1", private: true },
    { channel: "U1", thread: null },
  ],
  ["nobody", { channel: "C1", thread: null }, null],
  ["no channel", { channel: "", thread: null, user: "U1" }, null],
  ["a thread that is a number", { channel: "C1", thread: 1.1, user: "U1" }, null],
  ["nothing", null, null],
  ["a word", "C1", null],
])("a target of %s is read", (_name, target, place) => {
  const origin = place === null ? null : { ...TOLD, user: "U1", ...place };
  expect(readTarget(target)).toEqual(origin === null ? null : { way: "mention", origin, posted: null });
});

test("what is written of a place is read as that place", () => {
  const place = { platform: "slack", tenant: "T1", conversation: "C1", thread: "1.1", private: false };
  expect(readTarget(targetOf(place, { id: "U1" }))?.origin).toEqual({
    ...TOLD,
    channel: "C1",
    thread: "1.1",
    user: "U1",
  });
});

test.each([null, { channel: "C1", ts: "1.2" }])(
  "what is written of a question is read as it was (%j)",
  (posted) => {
    const written = JSON.parse(
      JSON.stringify(targetOfAsked({ way: "button", origin: ORIGIN }, posted)),
    ) as Json;
    expect(readTarget(written)).toEqual({ way: "button", origin: ORIGIN, posted });
  },
);
