/** With every name server dead: 50 signed activities a second, each answered by HTTP within a second, told later that it could not be checked, none lost, none doubled. */
import dgram from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { startProgram, type Program } from "../support/program.ts";
import { startTeamsWorld, TOKEN, type TeamsWorld } from "../support/teams-program.ts";
import { TENANT } from "../support/openid.ts";

const LONG = process.env["LONG"] === "1";
/** Source: issue 7 (50 activities a second, 500 different domains). */
const A_SECOND = 50;
const DOMAINS = LONG ? 500 : 50;
const HTTP_MS = 1_000;
/** Deadline of a command, a sign of work before it, and Teams' one message a second in a conversation. */
const ANSWER_MS = 12_000;

let socket: dgram.Socket | undefined;
let program: Program | undefined;
let world: TeamsWorld | undefined;

afterEach(async () => {
  await program?.stop();
  await world?.close();
  socket?.close();
});

async function open(): Promise<{ program: Program; world: TeamsWorld }> {
  const dead = dgram.createSocket("udp4");
  socket = dead;
  dead.on("message", () => undefined);
  await new Promise<void>((done) => dead.bind(0, "127.0.0.1", done));
  world = await startTeamsWorld();
  program = await startProgram({
    LOG_LEVEL: "silent",
    DNS_SERVERS: `127.0.0.1:${String(dead.address().port)}`,
    ...world.environment,
  });
  return { program, world };
}

interface Told {
  conversation: string;
  status: number;
  ms: number;
  answeredMs: number;
}

/** One question in a personal chat of its own, from its delivery to the answer. */
async function ask(house: { program: Program; world: TeamsWorld }, index: number): Promise<Told> {
  const conversation = `a:${String(index)}`;
  const began = performance.now();
  const { status, ms } = await house.world.deliver(house.program.url, {
    text: `spf d${String(index)}.example.org`,
    conversation: { id: conversation, conversationType: "personal", tenantId: TENANT },
  });
  const isTold = (): boolean => saysOf(house.world, conversation).some((said) => said.includes("ould not"));
  await house.world.until(isTold, 60_000);
  return { conversation, status, ms, answeredMs: performance.now() - began };
}

/** What stands in a conversation now. */
function saysOf({ connector }: TeamsWorld, conversation: string): string[] {
  return [...connector.messages]
    .filter(([key]) => key.startsWith(`${conversation}/`))
    .map(([, body]) => JSON.stringify(body));
}

describe.skipIf(process.platform !== "linux")("with every name server dead", () => {
  it(`answers ${String(DOMAINS)} activities by HTTP within a second each, and says that it could not check, once`, async () => {
    const house = await open();
    await ask(house, 999_999);
    const began = performance.now();
    const asked: Promise<Told>[] = [];
    for (let index = 0; index < DOMAINS; index += 1) {
      const due = began + (index * 1_000) / A_SECOND - performance.now();
      if (due > 0) await sleep(due);
      asked.push(ask(house, index));
    }
    const told = await Promise.all(asked);
    expect(told.filter(({ status }) => status !== 202)).toEqual([]);
    expect(told.filter(({ ms }) => ms > HTTP_MS)).toEqual([]);
    expect(told.filter(({ answeredMs }) => answeredMs > ANSWER_MS)).toEqual([]);
    for (const { conversation } of told) expect(saysOf(house.world, conversation)).toHaveLength(1);
    const { calls } = house.world.connector;
    expect(calls.filter(({ authorization }) => authorization !== `Bearer ${TOKEN}`)).toEqual([]);
  }, 120_000);
});
