/** `triage` in Teams: the message action, a mention with a paste, and nothing of what was pasted where it does not belong. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { App, Request } from "../../../src/commands/request.ts";
import type { Result } from "../../../src/results/result.ts";
import { workingPage } from "../../../src/view/pages.ts";
import { openTeamsHouse, THREAD, type HouseOptions, type TeamsHouse } from "../../support/teams-house.ts";

const FAILURE =
  "550 5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy.";
const CANARIES = ["canary-local", "canary-subject"];
const MANY = { timeout: 20_000, interval: 30 };

const houses: TeamsHouse[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close();
});

async function house(options: HouseOptions = {}): Promise<TeamsHouse> {
  const opened = await openTeamsHouse(options);
  houses.push(opened);
  return opened;
}

const action = (content: string, over: Readonly<Record<string, unknown>> = {}, contentType = "html") => ({
  type: "invoke",
  name: "composeExtension/fetchTask",
  text: undefined,
  value: {
    commandId: "triage",
    commandContext: "message",
    messagePayload: { id: "1", body: { contentType, content } },
  },
  ...over,
});

/** An App that keeps what it is asked, and answers when it is let. */
function keepingApp(isSlow = false): { app: App; requests: Request[]; finish: () => void } {
  const requests: Request[] = [];
  let finish: () => void = () => undefined;
  const gate = isSlow ? new Promise<void>((resolve) => (finish = resolve)) : Promise.resolve();
  const app: App = async (request, show) => {
    requests.push(request);
    await gate;
    const page = workingPage(request.line);
    delete page.pending;
    await show({ ...page, headline: [{ kind: "text", text: "the answer" }] });
    return { kind: "triage", data: { cause: "dmarc.policy" } } as Result;
  };
  return {
    app,
    requests,
    finish: () => {
      finish();
    },
  };
}

describe("the message action", () => {
  it("asks triage for the message as it was shown, line by line, beside the line", async () => {
    const { app, requests } = keepingApp();
    const { deliver, connector } = await house({ app });
    const html =
      "<p>Look:</p><blockquote><pre>Received: from a\n\tby b</pre></blockquote><p>From:&nbsp;&lt;x@y.example&gt;</p>" +
      '<attachment id="1"></attachment>';
    const { status, body } = await deliver(action(html));
    expect(status).toBe(200);
    expect(body).toMatchObject({ task: { type: "continue" } });
    expect(JSON.stringify(body)).toContain("the answer");
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      line: "triage",
      fields: { text: "Look:\nReceived: from a\n\tby b\nFrom: <x@y.example>" },
    });
    expect(connector.calls).toEqual([]);
  });

  it("takes a plain message as it is", async () => {
    const { app, requests } = keepingApp();
    const { deliver } = await house({ app });
    await deliver(action("a <b>\r\n c &amp;", {}, "text"));
    expect(requests[0]).toMatchObject({ line: "triage", fields: { text: "a <b>\n c &amp;" } });
  });

  it("says in its dialog what failed and whose it is, and leaves out the buttons of what merely stands there", async () => {
    const { deliver, connector } = await house({});
    const { body } = await deliver(action(`<p>${FAILURE}</p><p>&lt;canary-local@other.example&gt;</p>`));
    const shown = JSON.stringify(body);
    expect(shown).toContain("dmarc.policy");
    expect(shown).toContain("shop.example");
    expect(shown).not.toContain('"line":"check other.example"');
    expect(shown).not.toContain("canary-local");
    expect(connector.calls).toEqual([]);
  });

  it("of a message in which nothing failed also shows what can be asked about it", async () => {
    const { deliver } = await house({});
    const { body } = await deliver(action("<p>Please look at shop.example and 192.0.2.1</p>"));
    const shown = JSON.stringify(body);
    expect(shown).toContain("not-a-bounce");
    for (const line of ["check shop.example", "spf shop.example 192.0.2.1"])
      expect(shown).toContain(`"line":${JSON.stringify(line)}`);
  });

  it("of an empty message asks nobody", async () => {
    const { app, requests } = keepingApp();
    const { deliver } = await house({ app });
    const { body } = await deliver(action('<p>&nbsp;</p><attachment id="1"></attachment>'));
    expect(body).toMatchObject({ task: { type: "continue" } });
    expect(requests).toEqual([]);
  });

  it("without a message is triage's own form", async () => {
    const { deliver } = await house({});
    const { body } = await deliver(action("", { value: { commandId: "triage" } }));
    expect(JSON.stringify(body)).toContain('"line":"triage"');
  });

  it.each([
    ["", false, "/teams/v3/conversations"],
    [
      " where one person alone can see it",
      true,
      "/teams/v3/conversations/19:general@thread.tacv2;messageid=1700/activities",
    ],
  ])(
    "that takes long answers the asker alone%s, and never the channel",
    async (_title, preview, path) => {
      const { app, finish } = keepingApp(true);
      const { deliver, connector } = await house({ app, over: { preview } });
      const { status, body } = await deliver(action(`<p>${FAILURE}</p>`, THREAD));
      expect(status).toBe(200);
      expect(body).toMatchObject({ task: { type: "message" } });
      finish();
      await vi.waitFor(() => {
        expect(
          [...connector.messages.values()].some((each) => JSON.stringify(each).includes("the answer")),
        ).toBe(true);
      }, MANY);
      expect(connector.calls[0]?.path).toBe(path);
      const open = connector.calls.filter(
        ({ method, path: to, query }) => method === "POST" && to.includes("19:") && query === "",
      );
      expect(open).toEqual([]);
    },
    20_000,
  );
});

describe("a mention with a paste", () => {
  const PASTE = `From: canary-local@shop.example\nSubject: canary-subject\n\n${FAILURE}`;

  it("reaches triage with its lines, and no line, log or answer holds what it says about people", async () => {
    const requests: Request[] = [];
    const { app } = keepingApp();
    const watching: App = (request, show) => {
      requests.push(request);
      return app(request, show);
    };
    const { deliver, logged } = await house({ app: watching });
    await deliver({ ...THREAD, text: `<at>Waxseal</at> triage\r\n${PASTE.replaceAll("\n", "\r\n")}` });
    await vi.waitFor(() => {
      expect(requests).toHaveLength(1);
    }, MANY);
    expect(requests[0]).toMatchObject({ line: "triage", fields: { text: PASTE } });
    for (const canary of CANARIES) expect(JSON.stringify(logged)).not.toContain(canary);
  });

  it("is answered in its thread, mailboxes left out", async () => {
    const { deliver, connector, logged } = await house({});
    await deliver({ ...THREAD, text: `<at>Waxseal</at> triage\r\n${PASTE.replaceAll("\n", "\r\n")}` });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
      expect(JSON.stringify([...connector.messages.values()])).toContain("dmarc.policy");
    }, MANY);
    for (const canary of CANARIES) {
      expect(JSON.stringify(connector.calls)).not.toContain(canary);
      expect(JSON.stringify(logged)).not.toContain(canary);
    }
  });

  it("the same twice is answered twice: what was pasted is nobody else's", async () => {
    const { deliver, connector } = await house({});
    for (const from of [
      { id: "29:ada", name: "Ada" },
      { id: "29:bea", name: "Bea" },
    ])
      await deliver({ ...THREAD, from, text: `<at>Waxseal</at> triage ${FAILURE}` });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(2);
    }, MANY);
  });

  it("alone is triage's own form", async () => {
    const { deliver, connector } = await house({});
    await deliver({ text: "triage" });
    await vi.waitFor(() => {
      expect(connector.messages.size).toBe(1);
    }, MANY);
    expect(JSON.stringify([...connector.messages.values()])).toContain("Input.Text");
  });
});
