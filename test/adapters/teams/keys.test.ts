/** The key cache alone, on a clock moved by hand and a fetch that is a table. */
import { describe, expect, it } from "vitest";
import {
  KEYS_AGAIN_MS,
  KEYS_FIRST_AGAIN_MS,
  KEYS_FRESH_MS,
  KEYS_MAX,
  KEYS_MS,
  KEYS_OCTETS,
} from "../../../adapters/teams/gate-limits.ts";
import { createKeys, type Fetch, type FoundKey, type Keys } from "../../../adapters/teams/keys.ts";
import { handClock, settle } from "../../support/clock.ts";
import { jwkOf, jwks } from "../../support/openid.ts";

const METADATA = "https://login.example/openid";
const SET = "https://login.example/keys";

type Answer = unknown;

interface World {
  keys: Keys;
  clock: ReturnType<typeof handClock>;
  asked: string[];
  warnings: unknown[];
  /** What each address answers; a function is called, everything else is JSON. */
  answers: Record<string, Answer>;
}

function world(over: Record<string, Answer> = {}, metadataUrl = METADATA): World {
  const clock = handClock();
  const asked: string[] = [];
  const warnings: unknown[] = [];
  const answers: Record<string, Answer> = { [METADATA]: { jwks_uri: SET }, [SET]: jwks(), ...over };
  const fetch: Fetch = (url, init) => {
    asked.push(url);
    const answer = answers[url];
    if (typeof answer === "function") return (answer as Fetch)(url, init);
    return Promise.resolve(new Response(JSON.stringify(answer)));
  };
  const log = {
    info: () => undefined,
    warn: (_event: string, fields?: Readonly<Record<string, unknown>>) => warnings.push(fields?.["why"]),
    error: () => undefined,
  };
  return { keys: createKeys({ metadataUrl, fetch, clock, log }), clock, asked, warnings, answers };
}

/** Real crypto takes real ticks, that no clock counts. */
async function done<T>(promise: Promise<T>): Promise<T> {
  for (let ticks = 0; ticks < 20; ticks++) await settle();
  return promise;
}

const kindOf = async (found: Promise<FoundKey>) => (await done(found)).kind;

describe("keys", () => {
  it("fetches once for all who wait, and keeps each key's endorsements", async () => {
    const { keys, asked } = world();
    expect(asked).toEqual([]);
    const found = await Promise.all(["k-teams", "k-webchat", "k-bare", "k-ec"].map((kid) => keys.find(kid)));
    expect(found.map((each) => (each.kind === "key" ? [...each.endorsements] : each.kind))).toEqual([
      ["msteams"],
      ["webchat"],
      [],
      "unknown",
    ]);
    expect(asked).toEqual([METADATA, SET]);
  });

  it("warms once", async () => {
    const { keys, asked } = world();
    await keys.warm();
    await keys.warm();
    expect(asked).toHaveLength(2);
  });

  it("asks for an unknown key again at most once in KEYS_AGAIN_MS, however many ask (HTTP-084)", async () => {
    const { keys, clock, asked } = world();
    await keys.warm();
    await clock.advance(KEYS_AGAIN_MS);
    for (let each = 0; each < 1_000; each++)
      expect(await keys.find(`random-${each}`)).toEqual({ kind: "unknown" });
    expect(asked).toHaveLength(4);
    await clock.advance(KEYS_AGAIN_MS - 1);
    expect((await keys.find("again")).kind).toBe("unknown");
    expect(asked).toHaveLength(4);
    await clock.advance(1);
    expect((await keys.find("again")).kind).toBe("unknown");
    expect(asked).toHaveLength(6);
  });

  it("finds a key that came since, and drops one that went", async () => {
    const { keys, clock, answers } = world();
    await keys.warm();
    answers[SET] = { keys: [{ ...jwkOf("rogue"), kid: "k-new", endorsements: ["msteams"] }] };
    await clock.advance(KEYS_AGAIN_MS);
    expect(await kindOf(keys.find("k-new"))).toBe("key");
    expect(await kindOf(keys.find("k-teams"))).toBe("unknown");
  });

  it("gives a known key at once while a refresh hangs, and a hanging one ends in time", async () => {
    const { keys, clock, asked, warnings, answers } = world();
    await keys.warm();
    let isAborted = false;
    answers[METADATA] = (_url: string, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      return new Promise(() => undefined);
    };
    await clock.advance(KEYS_FRESH_MS);
    expect((await keys.find("k-teams")).kind).toBe("key");
    expect(asked).toHaveLength(3);
    // One that is unknown joins the question under way, and hears when it is given up.
    const unknown = keys.find("nobody");
    await clock.advance(KEYS_MS);
    expect((await unknown).kind).toBe("unknown");
    expect(isAborted).toBe(true);
    expect(warnings).toEqual(["slow"]);
    expect(clock.timers).toBe(0);
  });

  it("refreshes in the background after a day, not before", async () => {
    const { keys, clock, asked } = world();
    await keys.warm();
    await clock.advance(KEYS_FRESH_MS - 1);
    await keys.find("k-teams");
    expect(asked).toHaveLength(2);
    await clock.advance(1);
    await keys.find("k-teams");
    await done(Promise.resolve());
    expect(asked).toHaveLength(4);
  });

  it("what came after it was given up is not taken", async () => {
    const { keys, clock, answers } = world();
    await keys.warm();
    const late = Promise.withResolvers<Response>();
    answers[METADATA] = () => late.promise;
    await clock.advance(KEYS_AGAIN_MS);
    const unknown = keys.find("k-new");
    await clock.advance(KEYS_MS);
    expect((await unknown).kind).toBe("unknown");
    answers[SET] = { keys: [{ ...jwkOf("rogue"), kid: "k-new" }] };
    late.resolve(new Response(JSON.stringify({ jwks_uri: SET })));
    await done(Promise.resolve());
    expect((await keys.find("k-new")).kind).toBe("unknown");
  });

  it("without any keys says so, and asks again soon", async () => {
    const { keys, clock, asked, answers } = world({
      [METADATA]: () => Promise.reject(new TypeError("dead")),
    });
    expect((await keys.find("k-teams")).kind).toBe("unavailable");
    expect((await keys.find("k-teams")).kind).toBe("unavailable");
    expect(asked).toHaveLength(1);
    answers[METADATA] = { jwks_uri: SET };
    await clock.advance(KEYS_FIRST_AGAIN_MS);
    expect(await kindOf(keys.find("k-teams"))).toBe("key");
  });

  const long = () => Promise.resolve(new Response(" ".repeat(KEYS_OCTETS + 1)));
  it.each<[string, Record<string, Answer>, string]>([
    ["metadata of another kind", { [METADATA]: [] }, "ZodError"],
    ["no jwks_uri", { [METADATA]: {} }, "ZodError"],
    ["keys over http", { [METADATA]: { jwks_uri: "http://login.example/keys" } }, "jwks_uri"],
    ["keys on this machine, by http", { [METADATA]: { jwks_uri: "http://127.0.0.1/keys" } }, "jwks_uri"],
    ["keys in a file", { [METADATA]: { jwks_uri: "file:///etc/passwd" } }, "jwks_uri"],
    ["keys nowhere", { [METADATA]: { jwks_uri: "keys" } }, "jwks_uri"],
    ["a set of another kind", { [SET]: { keys: {} } }, "ZodError"],
    ["too many keys", { [SET]: { keys: Array.from({ length: KEYS_MAX + 1 }, () => ({})) } }, "ZodError"],
    ["no keys", { [SET]: { keys: [] } }, "no keys"],
    ["no usable key", { [SET]: { keys: [{ ...jwkOf("ec"), kid: "k-ec" }, null, {}] } }, "no keys"],
    ["a long document", { [METADATA]: long }, "length"],
    ["a long set", { [SET]: long }, "length"],
    ["not JSON", { [METADATA]: () => Promise.resolve(new Response("<html>")) }, "SyntaxError"],
    [
      "another status",
      { [METADATA]: () => Promise.resolve(new Response("", { status: 503 })) },
      "status 503",
    ],
    ["a redirect", { [METADATA]: () => Promise.resolve(new Response(null, { status: 302 })) }, "status 302"],
    ["no body", { [METADATA]: () => Promise.resolve(new Response(null)) }, "SyntaxError"],
  ])("%s is trouble, not keys", async (_title, over, why) => {
    const { keys, warnings } = world(over);
    expect(await kindOf(keys.find("k-teams"))).toBe("unavailable");
    expect(warnings).toEqual([why]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["without a kid", { kid: undefined }],
    ["for encryption", { use: "enc" }],
    ["for another algorithm", { alg: "RS512" }],
    ["too short", { n: "AQAB" }],
    ["garbled", { n: "!" }],
    ["endorsed by a text", { endorsements: "msteams" }],
  ])("leaves out a key %s", async (_title, over) => {
    const odd = { ...jwkOf("rogue"), kid: "odd", ...over };
    const { keys } = world({ [SET]: { keys: [odd, ...jwks().keys] } });
    expect(await kindOf(keys.find("odd"))).toBe("unknown");
    expect(await kindOf(keys.find("k-teams"))).toBe("key");
  });

  it("of two keys with one kid the first counts, and names of Object's are no keys", async () => {
    const twice = [...jwks().keys, { ...jwkOf("rogue"), kid: "k-teams", endorsements: ["other"] }];
    const { keys } = world({ [SET]: { keys: twice } });
    const found = await keys.find("k-teams");
    expect(found.kind === "key" && [...found.endorsements]).toEqual(["msteams"]);
    for (const kid of ["__proto__", "constructor", "", "../../x"])
      expect((await keys.find(kid)).kind).toBe("unknown");
  });

  it.each(["http://login.example/openid", "ftp://127.0.0.1/", "openid", ""])(
    "does not start with %j",
    (url) => {
      expect(() => world({}, url)).toThrow(TypeError);
    },
  );
});
