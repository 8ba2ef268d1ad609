/** Slack as one of the four places. */
import {
  BESIDE,
  isDrawn,
  openCore,
  textsOf,
  until,
  walk,
  type Platform,
  type Shown,
} from "./platforms-core.ts";
import type { Zone } from "../../src/dns/zone.ts";
import { openSlackHouse } from "./slack-house.ts";
import { blockActions, slashCommand, viewSubmission } from "./slack-sign.ts";

/** Slack: signed slash commands, presses and forms over HTTP, against the fake of its API. */
export async function openSlack(zone: Zone): Promise<Platform> {
  const core = await openCore(zone);
  const house = await openSlackHouse({ app: core.app });
  const { fake } = house;
  const user = "U0ANN";
  let channels = 0;
  const version = (channel: string): number =>
    fake.messages(channel).reduce((sum, { changes }) => sum + 1 + changes, 0);

  async function shown(channel: string, count: number, before: number): Promise<Shown> {
    const answer = await core.next(count);
    return until(() => {
      const message = house.last(channel);
      if (message === undefined || version(channel) <= before) return undefined;
      const buttons: string[] = [];
      walk(message.blocks, ({ action_id: id, value }) => {
        if (typeof id !== "string" || typeof value !== "string" || id.startsWith("share")) return;
        buttons.push(id.startsWith("form") ? (JSON.parse(value) as { line: string }).line : value);
      });
      const drawn = textsOf(message.blocks);
      return isDrawn(answer, drawn) ? { ...answer, drawn, buttons, channel } : undefined;
    }, `the answer in Slack to ${answer.result.line}`);
  }

  /** Presses the button of a line; `trigger` opens a form. */
  async function pressed({ channel }: Shown, kinds: readonly string[], line: string): Promise<void> {
    const message = house.last(channel);
    let found: { action_id: string; value: string } | undefined;
    walk(message?.blocks, ({ action_id: id, value }) => {
      if (typeof id !== "string" || typeof value !== "string" || !kinds.includes(id.split(":")[0] ?? ""))
        return;
      const own = id.startsWith("form") ? (JSON.parse(value) as { line: string }).line : value;
      if (own === line) found ??= { action_id: id, value };
    });
    if (message === undefined || found === undefined) throw new Error(`Slack: no button for ${line}`);
    const { ts, thread_ts: thread } = message;
    await house.deliver(
      blockActions(found.action_id, found.value, {
        user: { id: user, username: "ann", team_id: "T1" },
        channel: { id: channel, name: "x" },
        trigger_id: fake.newTrigger(user),
        container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: true },
        message: { ts, ...(thread === undefined ? {} : { thread_ts: thread }) },
        response_url: fake.newResponseUrl({ channel, user, message: ts }),
      }),
    );
  }

  return {
    asked: core.asked,
    async say(line) {
      channels += 1;
      const channel = `C0PARITY${String(channels)}`;
      fake.addChannel(channel);
      const count = core.answers.length;
      const responseUrl = fake.newResponseUrl({ channel, user });
      const [name = ""] = line.split(" ", 1);
      const own =
        name === "help"
          ? { command: "/waxseal", text: line }
          : { command: `/${name}`, text: line.slice(name.length + 1) };
      const sent = slashCommand({ ...own, channel_id: channel, user_id: user, response_url: responseUrl });
      const { text } = await house.deliver(sent);
      if (text.startsWith("{")) fake.acknowledge(responseUrl, JSON.parse(text));
      return shown(channel, count, 0);
    },
    async press(from, line) {
      const [count, before] = [core.answers.length, version(from.channel)];
      await pressed(from, ["line", "page"], line);
      return shown(from.channel, count, before);
    },
    async fill(from, { line }, fields) {
      const [count, before, views] = [core.answers.length, version(from.channel), fake.views.length];
      await pressed(from, ["form"], line);
      const { view } = await until(() => fake.views[views], "the form in Slack");
      const values = Object.entries(fields).map(([name, value]) => [
        name,
        { value: inputOf(view, name, value) },
      ]);
      const { text } = await house.deliver(
        viewSubmission(
          {
            private_metadata: view["private_metadata"],
            blocks: view["blocks"],
            state: { values: Object.fromEntries(values) as Record<string, unknown> },
          },
          { user: { id: user, team_id: "T1" } },
        ),
      );
      if (!text.startsWith("{")) return shown(from.channel, count, before);
      const drawn = Object.values((JSON.parse(text) as { errors: Record<string, string> }).errors).join(" ");
      return { ...(await core.next(count)), drawn, buttons: [], channel: BESIDE };
    },
    async close() {
      await house.close();
      await core.close();
    },
  };
}

/** What Slack sends of a field: a choice, or a text. */
function inputOf(view: unknown, name: string, value: string): Record<string, unknown> {
  let type = "";
  walk(view, ({ block_id: id, element }) => {
    if (id === name) type = (element as { type: string }).type;
  });
  if (type === "") throw new Error(`Slack: the form has no field ${name}`);
  return type === "static_select" ? { type, selected_option: { value } } : { type, value };
}
