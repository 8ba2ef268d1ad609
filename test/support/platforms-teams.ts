/** Teams as one of the four places. */
import type { Zone } from "../../src/dns/zone.ts";
import { TENANT } from "./openid.ts";
import {
  isDrawn,
  openCore,
  textsOf,
  until,
  walk,
  type Answer,
  type Platform,
  type Shown,
} from "./platforms-core.ts";
import { openTeamsHouse } from "./teams-house.ts";

/** Teams: signed activities over HTTP, a local issuer, and the fake of its connector. */
export async function openTeams(zone: Zone): Promise<Platform> {
  const core = await openCore(zone);
  const house = await openTeamsHouse({ app: core.app });
  const { connector } = house;
  let chats = 0;

  const conversation = (channel: string) => ({
    conversation: { id: channel, conversationType: "personal", tenantId: TENANT },
  });
  const cards = new Map<string, unknown>();

  function seen(channel: string, answer: Answer, card: unknown): Shown | undefined {
    const drawn = textsOf(card);
    if (!isDrawn(answer, drawn)) return undefined;
    const buttons: string[] = [];
    walk(card, ({ type, data }) => {
      const { line, share } = Object(data) as { line?: string; share?: boolean };
      if (typeof type === "string" && type.startsWith("Action.") && line !== undefined && share !== true)
        buttons.push(line);
    });
    cards.set(channel, card);
    return { ...answer, drawn, buttons, channel };
  }

  /** The answer among what was posted, the newest first. */
  async function shown(channel: string, count: number, inPlace?: unknown): Promise<Shown> {
    const answer = await core.next(count);
    const own = inPlace === undefined ? undefined : seen(channel, answer, inPlace);
    if (own !== undefined) return own;
    return until(() => {
      const posted = [...connector.messages].filter(([key]) => key.startsWith(`${channel}/`));
      for (const [, body] of posted.reverse()) {
        const card = (body as { attachments?: { content: unknown }[] }).attachments?.[0]?.content;
        const found = seen(channel, answer, card);
        if (found !== undefined) return found;
      }
      return undefined;
    }, `the answer in Teams to ${answer.result.line}`);
  }

  /** The pressed action, and for a form the ids of its inputs in order. */
  function find(channel: string, line: string, isForm: boolean) {
    let found: { type: string; data: object; ids: string[] } | undefined;
    const look = (value: unknown, ids: string[]): void => {
      walk(value, (each) => {
        const data = each["data"] as { line?: string; fields?: boolean; share?: boolean } | undefined;
        if (
          data === undefined ||
          data.line !== line ||
          data.share === true ||
          (data.fields === true) !== isForm
        )
          return;
        found ??= { type: String(each["type"]), data, ids };
      });
    };
    if (isForm)
      walk(cards.get(channel), ({ type, card }) => {
        if (type !== "Action.ShowCard") return;
        const ids: string[] = [];
        walk(card, ({ type: kind, id }) => {
          if (typeof kind === "string" && kind.startsWith("Input.") && typeof id === "string") ids.push(id);
        });
        look(card, ids);
      });
    else look(cards.get(channel), []);
    if (found === undefined) throw new Error(`Teams: no button for ${line}`);
    return found;
  }

  return {
    asked: core.asked,
    async say(line) {
      chats += 1;
      const channel = `a:parity-${String(chats)}`;
      const count = core.answers.length;
      await house.deliver({ ...conversation(channel), text: line });
      return shown(channel, count);
    },
    async press({ channel }, line) {
      const count = core.answers.length;
      const { type, data } = find(channel, line, false);
      if (type !== "Action.Execute") {
        await house.deliver({ ...conversation(channel), text: undefined, value: data });
        return shown(channel, count);
      }
      const value = { action: { type, verb: "line", data } };
      const over = { type: "invoke", name: "adaptiveCard/action", value, text: undefined, replyToId: "m1" };
      const { body } = await house.deliver({ ...conversation(channel), ...over });
      return shown(channel, count, (body as { value?: unknown }).value ?? null);
    },
    async fill({ channel }, { line, fields: wanted = [] }, fields) {
      const count = core.answers.length;
      const { data, ids } = find(channel, line, true);
      const names = wanted.filter(({ file }) => file !== true).map(({ name }) => name);
      const inputs = Object.entries(fields).map(([name, value]) => {
        const id = ids.find((each) => each === name || each.endsWith(name)) ?? ids[names.indexOf(name)];
        if (id === undefined) throw new Error(`Teams: the form has no field ${name}`);
        return [id, value];
      });
      const value = { ...data, ...(Object.fromEntries(inputs) as Record<string, string>) };
      await house.deliver({ ...conversation(channel), text: undefined, value });
      return shown(channel, count);
    },
    async close() {
      await house.close();
      await core.close();
    },
  };
}
