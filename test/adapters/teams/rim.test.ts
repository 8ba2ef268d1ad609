/** Teams' rim over real HTTP: signed activities in, calls of the connector out. */
import { afterEach, describe, expect, it, test, vi } from "vitest";
import type { App, Request } from "../../../src/commands/request.ts";
import type { Zone } from "../../../src/dns/zone.ts";
import type { Answer, Dns } from "../../../src/ports.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { TENANT } from "../../support/openid.ts";
import { slackStore } from "../../support/slack-store.ts";
import { openTeamsHouse, THREAD, type HouseOptions, type TeamsHouse } from "../../support/teams-house.ts";

const ZONE: Zone = {
  "example.com": { TXT: ["v=spf1 ip4:192.0.2.1 -all"] },
};

const open: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
});

async function house(options: HouseOptions = {}): Promise<TeamsHouse> {
  const opened = await openTeamsHouse({ zone: ZONE, ...options });
  open.push(opened);
  return opened;
}

/** The whole of an outgoing message, as text to look in. */
const textOf = (body: unknown): string => JSON.stringify(body);

const CARD = "application/vnd.microsoft.card.adaptive";
const MANY = { timeout: 20_000, interval: 50 };

/** An App that answers with one page when it is let, and keeps what it was asked. */
function slowApp(): { app: App; requests: Request[]; finish: () => void } {
  const requests: Request[] = [];
  let finish: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const app: App = async (request, show) => {
    requests.push(request);
    await gate;
    const answer = {
      ...workingPage(request.line),
      headline: [{ kind: "text" as const, text: "the answer" }],
    };
    delete answer.pending;
    await show(answer);
    return {} as Awaited<ReturnType<App>>;
  };
  return {
    app,
    requests,
    finish: () => {
      finish();
    },
  };
}

const invoke = (name: string, value: unknown, over: Record<string, unknown> = {}) => ({
  type: "invoke",
  name,
  value,
  text: undefined,
  ...over,
});

describe("a message", () => {
  it("is answered by HTTP at once, and by a card in its chat", async () => {
    const { deliver, connector } = await house();
    expect(await deliver()).toMatchObject({ status: 202, body: undefined });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    });
    const [call] = connector.calls;
    expect(call).toMatchObject({
      method: "POST",
      path: "/teams/v3/conversations/a:1/activities",
      authorization: "Bearer ours",
      body: { type: "message", attachments: [{ contentType: "application/vnd.microsoft.card.adaptive" }] },
    });
    expect(textOf(call?.body)).toContain("example.com");
    expect(call?.body.text).toBeUndefined();
  });

  it("is answered in the thread that asked, the mention left out", async () => {
    const { deliver, connector, asked } = await house();
    await deliver({ ...THREAD, text: "<at>Waxseal</at> spf example.com" });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    });
    expect(connector.calls[0]?.path).toBe(
      "/teams/v3/conversations/19:general@thread.tacv2;messageid=1700/activities",
    );
    expect(asked).toContain("TXT example.com");
  });
});

describe("what takes a while", () => {
  it("says that it is being worked on, and puts the answer in that message's place", async () => {
    const slow = slowApp();
    const { deliver, connector } = await house({ app: slow.app });
    expect((await deliver()).status).toBe(202);
    await vi.waitFor(() => {
      expect(connector.calls).toHaveLength(1);
    }, MANY);
    expect(textOf(connector.calls[0]?.body)).toContain("Asking DNS for");
    slow.finish();
    await vi.waitFor(() => {
      expect(connector.calls).toHaveLength(2);
    }, MANY);
    expect(connector.calls[1]).toMatchObject({
      method: "PUT",
      path: "/teams/v3/conversations/a:1/activities/m1",
    });
    expect(connector.messages.size).toBe(1);
    expect(textOf(connector.messages.get("a:1/m1"))).toContain("the answer");
  });

  it("takes a pressed card's place after the invoke was answered, too", async () => {
    const slow = slowApp();
    const { deliver, connector } = await house({ app: slow.app });
    const press = { action: { type: "Action.Execute", verb: "line", data: { line: "spf example.com" } } };
    const answered = await deliver(invoke("adaptiveCard/action", press, { replyToId: "m7" }));
    expect(answered.ms).toBeLessThan(5_000);
    expect(answered).toMatchObject({ status: 200, body: { statusCode: 200, type: CARD } });
    expect(textOf(answered.body)).toContain("Asking DNS for");
    slow.finish();
    await vi.waitFor(() => {
      expect(connector.calls).toHaveLength(1);
    }, MANY);
    expect(connector.calls[0]).toMatchObject({
      method: "PUT",
      path: "/teams/v3/conversations/a:1/activities/m7",
    });
  }, 15_000);
});

describe("a button", () => {
  it("that replaces its card gets the card in the answer, and nothing is posted", async () => {
    const { deliver, connector } = await house();
    const press = { action: { type: "Action.Execute", verb: "line", data: { line: "spf example.com" } } };
    const { status, body } = await deliver(invoke("adaptiveCard/action", press, { replyToId: "m7" }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ statusCode: 200, type: CARD, value: { type: "AdaptiveCard" } });
    expect(textOf(body)).toContain("v=spf1 ip4:192.0.2.1 -all");
    expect(connector.calls).toEqual([]);
  });

  it("of a form sends its inputs along", async () => {
    const slow = slowApp();
    slow.finish();
    const { deliver } = await house({ app: slow.app });
    await deliver({ text: undefined, value: { line: "spf", fields: true, domain: "example.com" } });
    await vi.waitFor(() => {
      expect(slow.requests).toHaveLength(1);
    });
    expect(slow.requests[0]).toMatchObject({
      line: "spf",
      fields: { domain: "example.com" },
      place: { platform: "teams", tenant: TENANT, conversation: "a:1", private: true },
    });
  });
});

describe("invokes", () => {
  it("show the domains and addresses of a message in a dialog, and answer its buttons there", async () => {
    const { deliver, connector } = await house();
    const messagePayload = {
      id: "1",
      body: {
        contentType: "html",
        content: "<p>Bounce from &lt;ada@example.com&gt; by 192.0.2.1, see https://mail.example.net/x.</p>",
      },
    };
    const opened = await deliver(
      invoke("composeExtension/fetchTask", { commandId: "triage", messagePayload }),
    );
    expect(opened).toMatchObject({ status: 200, body: { task: { type: "continue" } } });
    const shown = textOf(opened.body);
    for (const line of ["check example.com", "check mail.example.net", "spf example.com 192.0.2.1"])
      expect(shown).toContain(`"line":${JSON.stringify(line)}`);
    expect(shown).not.toContain("Action.Execute");

    const pressed = { commandId: "triage", data: { line: "spf example.com 192.0.2.1" } };
    const next = await deliver(invoke("composeExtension/submitAction", pressed));
    expect(next).toMatchObject({ status: 200, body: { task: { type: "continue" } } });
    expect(textOf(next.body)).toContain("may send for");
    expect(connector.calls).toEqual([]);
  });

  it("look a domain up, and ask for one where there is none yet", async () => {
    const { deliver } = await house();
    const query = (value: string) =>
      invoke("composeExtension/query", { commandId: "lookup", parameters: [{ name: "domain", value }] });
    expect((await deliver(query("exam"))).body).toMatchObject({ composeExtension: { type: "message" } });
    const { body } = await deliver(query("spf example.com"));
    expect(body).toMatchObject({
      composeExtension: { type: "result", attachments: [{ contentType: CARD, preview: {} }] },
    });
  });

  it("that nobody knows get 501", async () => {
    const { deliver, connector } = await house();
    expect((await deliver(invoke("somebody/elses", {}))).status).toBe(501);
    expect(connector.calls).toEqual([]);
  });

  it("with expectReplies get everything in the answer", async () => {
    const { deliver, connector } = await house();
    const { status, body } = await deliver({ deliveryMode: "expectReplies" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ activities: [{ type: "message", attachments: [{ contentType: CARD }] }] });
    expect(connector.calls).toEqual([]);
  });
});

describe("what is not to be answered", () => {
  test.each([
    ["nothing at all", "{}", {}, 400],
    ["no JSON", "{", {}, 400],
    [
      "no token",
      JSON.stringify({
        type: "message",
        id: "1",
        from: { id: "a" },
        recipient: { id: "b" },
        conversation: { id: "c" },
      }),
      {},
      401,
    ],
  ])("%s gets a status, and nothing goes out", async (_name, body, headers, status) => {
    const { url, connector } = await house();
    const response = await fetch(`${url}/api/messages`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    expect([response.status, await response.text()]).toEqual([status, ""]);
    expect(connector.calls).toEqual([]);
  });

  it("a second delivery of the same does nothing, and is known by platform and tenant", async () => {
    const store = slackStore();
    const keys: string[] = [];
    const counted = {
      ...store,
      firstTime: (tenant: string, key: string, at: number) => {
        keys.push(tenant);
        return store.firstTime(tenant, key, at);
      },
    };
    const { deliver, connector } = await house({ store: () => Promise.resolve(counted) });
    expect((await deliver({ id: "same" })).status).toBe(202);
    expect((await deliver({ id: "same" })).status).toBe(200);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(keys).toEqual([`teams/${TENANT}`]);
  });
});

describe("trouble", () => {
  it("of DNS: 50 at once are each answered by HTTP before DNS says anything, and told that it could not be checked", async () => {
    const dead: Answer<never> = {
      kind: "failed",
      why: "timeout",
      aliases: [],
      authenticated: false,
      server: "dead",
      at: 0,
      messages: 3,
    };
    let giveUp: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const dns: Dns = { ask: () => silence.then(() => dead) };
    const { deliver, connector } = await house({ dns });
    const all = Array.from({ length: 50 }, (_, at) =>
      deliver({
        text: `spf domain-${String(at)}.example.com`,
        conversation: { id: `a:${String(at)}`, conversationType: "personal", tenantId: TENANT },
      }),
    );
    for (const { status } of await Promise.all(all)) expect(status).toBe(202);
    giveUp();
    await vi.waitFor(() => {
      const last = [...connector.messages.values()].filter((body) => textOf(body).includes("ould not"));
      expect(last).toHaveLength(50);
    }, MANY);
    expect(connector.messages.size).toBe(50);
  }, 30_000);

  it("of the connector: of 100 answers refused for now by 412, 429, 502 and 504, none is lost or doubled", async () => {
    const { deliver, connector } = await house();
    const statuses = [412, 429, 502, 504];
    const failed = new Set<string>();
    connector.script = ({ path }) => {
      if (failed.has(path)) return undefined;
      failed.add(path);
      const status = statuses[failed.size % statuses.length]!;
      return status === 429 ? { status, headers: { "retry-after": "1" } } : { status };
    };
    for (let at = 0; at < 100; at += 1)
      await deliver({
        conversation: { id: `a:${String(at)}`, conversationType: "personal", tenantId: TENANT },
      });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(100);
    }, MANY);
    expect(failed.size).toBe(100);
    expect(connector.calls.filter(({ status }) => status === 201)).toHaveLength(100);
  }, 40_000);

  it("of the connector: over 1,000 failures no answer is lost, and one is doubled only where Teams had taken it and said that it had not", async () => {
    const { deliver, connector } = await house();
    const statuses = [412, 429, 502, 504];
    const CHATS = 500;
    const failures = new Map<string, number>();
    const took = new Map<string, number>();
    let injected = 0;
    connector.script = ({ path }) => {
      const before = failures.get(path) ?? 0;
      if (before >= 2) return undefined;
      failures.set(path, before + 1);
      injected += 1;
      const status = statuses[injected % statuses.length]!;
      if (status === 429) return { status, headers: { "retry-after": "1" } };
      // What stands in front of Teams may lose the answer of a call that has arrived.
      const isTaken = status >= 500 && injected % 8 < 4;
      if (isTaken) took.set(path, (took.get(path) ?? 0) + 1);
      return { status, took: isTaken };
    };
    const chats = Array.from({ length: CHATS }, (_, at) => `a:${String(at)}`);
    for (const id of chats)
      await deliver({ conversation: { id, conversationType: "personal", tenantId: TENANT } });
    const shown = (): Map<string, number> => {
      const count = new Map<string, number>();
      for (const key of connector.messages.keys()) {
        const [chat = ""] = key.split("/");
        count.set(chat, (count.get(chat) ?? 0) + 1);
      }
      return count;
    };
    await vi.waitFor(
      () => {
        expect(connector.calls.filter(({ status }) => status === 201)).toHaveLength(CHATS);
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(injected).toBe(2 * CHATS);
    const counts = shown();
    const wrong = chats.filter(
      (id) => counts.get(id) !== 1 + (took.get(`/teams/v3/conversations/${id}/activities`) ?? 0),
    );
    expect(wrong).toEqual([]);
    expect(took.size).toBeGreaterThan(100);
  }, 90_000);

  it("of a channel that takes nothing: the answer goes to the person", async () => {
    const { deliver, connector } = await house();
    connector.script = ({ path }) =>
      path.includes("19:") ? { status: 403, code: "BotNotInConversationRoster" } : undefined;
    await deliver(THREAD);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(connector.calls.map(({ path, status }) => [path, status])).toEqual([
      ["/teams/v3/conversations/19:general@thread.tacv2;messageid=1700/activities", 403],
      ["/teams/v3/conversations", 201],
      [expect.stringMatching(/^\/teams\/v3\/conversations\/a:direct-\d+\/activities$/), 201],
    ]);
    expect(connector.calls[1]?.body).toMatchObject({ isGroup: false, tenantId: TENANT });
    expect(textOf(connector.calls[2]?.body)).toContain("did not take the answer");
  });

  it("of a card that Teams does not take: the same in one of the oldest elements", async () => {
    const { deliver, connector } = await house();
    connector.script = (_call, index) =>
      index === 0 ? { status: 413, code: "MessageSizeTooBig" } : undefined;
    await deliver();
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(textOf([...connector.messages.values()])).toContain("example.com");
  });

  it("of the token: it is told, and the answer goes out once there is one", async () => {
    let isRefused = true;
    const sign = () =>
      isRefused
        ? Promise.reject(Object.assign(new Error("secret"), { errorCode: "invalid_client" }))
        : Promise.resolve("Bearer ours");
    const { deliver, connector, rim, logged } = await house({ over: { sign } });
    expect(rim.trouble()).toBe("Microsoft gives no token for MicrosoftAppId (invalid_client)");
    await deliver();
    isRefused = false;
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(textOf(logged)).not.toContain("secret");
  });
});

describe("what nobody asked for just now", () => {
  const page = workingPage("setup abc");

  it("goes into the thread that the set-up kept, by the tenant's own service", async () => {
    const store = slackStore();
    const { deliver, connector, rim } = await house({ store: () => Promise.resolve(store) });
    await deliver();
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    const home = {
      platform: "teams",
      tenant: TENANT,
      channel: "19:general@thread.tacv2",
      thread: "1700",
      private: false,
      user: "u",
    };
    expect(await rim.deliver(home, page, "wait-1")).toBe(true);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(2);
    }, MANY);
    expect(connector.calls[1]?.path).toContain("19:general@thread.tacv2;messageid=1700");
    await vi.waitFor(() => {
      expect(store.due()).toEqual([]);
    });
    expect(store.rows.get("wait-1")).toMatchObject({ tenant: `teams/${TENANT}`, rim: "teams" });
  });

  it("goes to the person alone where it was private", async () => {
    const { deliver, connector, rim } = await house();
    await deliver();
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    const home = {
      tenant: TENANT,
      channel: "19:general@thread.tacv2",
      thread: null,
      private: true,
      user: "u",
    };
    expect(await rim.deliver(home, page)).toBe(true);
    expect(connector.calls[1]).toMatchObject({
      path: "/teams/v3/conversations",
      body: { members: [{ id: "u" }] },
    });
    expect(connector.calls[2]?.path).toContain("a:direct");
  });

  it("is refused where the target is none", async () => {
    const { rim } = await house();
    expect(await rim.deliver({ channel: "x" }, page)).toBe(false);
  });
});

describe("without an application", () => {
  it("whoever reaches it is answered, and no token goes out", async () => {
    const { deliver, connector } = await house({ over: { appId: null, sign: () => Promise.resolve(null) } });
    expect((await deliver()).status).toBe(202);
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(connector.calls[0]?.authorization).toBeUndefined();
  });
});
