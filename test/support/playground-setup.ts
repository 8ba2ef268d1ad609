/** A guided set-up gone through in the playground as an administrator would: questions answered, records copied from the card and published. */
import type { Locator } from "playwright-core";
import { SETUP_WORDS } from "../../src/messages/setup.ts";
import type { Chat } from "./playground-chat.ts";
import { txt, type RealDns } from "./real-dns.ts";

const STEPS_MAX = 40;
/** What every page of a set-up says, and "working" does not. */
const PAGE = /Step \d+ of \d+|Not done yet|Done: every record of/;

export interface Wanted {
  name: string;
  type: string;
  value: string;
}

/** The records of a card, as a person reads them off: a name, and behind it the value under its type. */
export async function recordsOn(card: Locator): Promise<Wanted[]> {
  const lines = (await card.innerText()).split("\n").map((line) => line.trim());
  const found = [...lines.keys()].flatMap((at): Wanted[] => {
    const type = /^Value \((\w+)\)$/.exec(lines[at]!)?.[1];
    if (type === undefined) return [];
    const named = lines.slice(0, at).lastIndexOf(SETUP_WORDS.nameAny);
    return [{ name: below(lines, named), type, value: below(lines, at) }];
  });
  return found;
}

/** The first words below a line. */
function below(lines: readonly string[], at: number): string {
  return lines.slice(at + 1).find((line) => line !== "") ?? "";
}

/** A zone's own line for it. */
function lineOf({ name, type, value }: Wanted): string {
  return type === "TXT" ? txt(`${name}.`, value) : `${name}. ${type} ${value}.`;
}

/** "✓", "✗", "…" or "?" before each record of a card. */
export async function signsOn(card: Locator): Promise<string[]> {
  const lines = (await card.innerText()).split("\n");
  return lines.flatMap((line) => /^\s?([✓✗…?]) (?:TXT|CNAME) /u.exec(line)?.[1] ?? []);
}

/** What has just been done where a page is seen. */
export type Moment = "page" | "missing" | "live" | "done";

export interface Walk {
  chat: Chat;
  dns: RealDns;
  domain: string;
  provider: string;
  /** The zone as it is before. */
  zone: readonly string[];
  /** By a part of the question. */
  answers: Readonly<Record<string, string>>;
  /** Called for each page. */
  onPage?: (card: Locator, moment: Moment) => Promise<void>;
}

/** Goes through it by buttons and forms alone; gives the last page, and the signs seen after each publishing. */
export async function walkSetup(
  walk: Walk,
): Promise<{ last: Locator; signs: string[][]; missed: string[][] }> {
  const { chat, dns, domain, provider, answers } = walk;
  const onPage = walk.onPage ?? (() => Promise.resolve());
  const signs: string[][] = [];
  const missed: string[][] = [];
  let zone = [...walk.zone];
  await dns.publish(zone);
  const pressOn = (card: Locator, title: string): Promise<Locator> =>
    chat.answer(() => chat.press(card, title), PAGE);
  let card = await chat.ask(`setup ${provider} ${domain}`, PAGE);
  for (
    let steps = 0;
    steps < STEPS_MAX && !(await card.innerText()).includes("Done: every record of");
    steps += 1
  ) {
    await onPage(card, "page");
    const titles = await card.getByRole("button").allInnerTexts();
    const wanted = await recordsOn(card);
    if (titles.includes(SETUP_WORDS.confirm)) card = await pressOn(card, SETUP_WORDS.confirm);
    else if (titles.includes(SETUP_WORDS.answer)) {
      const asked = await card.innerText();
      const given = Object.entries(answers).filter(([question]) => asked.includes(question));
      const form = card;
      card = await chat.answer(() => chat.fillIn(form, SETUP_WORDS.answer, Object.fromEntries(given)), PAGE);
    } else if (wanted.length > 0) {
      card = await pressOn(card, SETUP_WORDS.verify);
      missed.push(await signsOn(card));
      await onPage(card, "missing");
      const isSpf = wanted.some(({ value }) => value.startsWith("v=spf1"));
      zone = [...zone.filter((line) => !isSpf || !line.includes("v=spf1")), ...wanted.map(lineOf)];
      await dns.publish(zone);
      card = await pressOn(card, SETUP_WORDS.verify);
      signs.push(await signsOn(card));
      await onPage(card, "live");
    } else
      card = await pressOn(card, titles.includes(SETUP_WORDS.next) ? SETUP_WORDS.next : SETUP_WORDS.verify);
  }
  await onPage(card, "done");
  return { last: card, signs, missed };
}
