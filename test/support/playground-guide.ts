/** The page that shows Waxseal in Teams: its pictures, taken by the tests where SCREENSHOTS=1, and the words around them. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const GUIDES = path.join(import.meta.dirname, "../../docs/guides");
const TITLE = "Microsoft Teams: what Waxseal looks like there";
const INTRO = `Type a command to the bot, with an @mention where others read along. The pictures are made by \`SCREENSHOTS=1 npx vitest run test/e2e/teams-playground.test.ts test/e2e/teams-http.test.ts\`: the first part in Microsoft's Agents Playground, which draws a card narrower than Teams does, the last by the \`adaptivecards\` package at the width of a window (640) and of a phone (360).`;

/** Every picture by its name, in the order of the page, with its heading and what it shows. */
const PICTURES = {
  "chat-answer": [
    "An answer",
    "A question in the personal chat. What is not urgent is folded behind **More**.",
  ],
  "chat-more": ["More, in place", "**More** opens a part in the same card; **Less** folds it again."],
  "chat-form": [
    "A form",
    "**Check an address** asks for what the command needs, and sends it with the command.",
  ],
  "chat-error": ["A line that cannot be used", "The answer says what to type instead."],
  group: ["A group chat", "The bot answers where it is mentioned."],
  channel: ["A channel", "The answer stands below the post that asked."],
  dialog: [
    "A message that somebody points at",
    "**Triage this message** opens a dialog with what the message holds.",
  ],
  "setup-question": ["A guided set-up: a question", "Waxseal asks what DNS cannot tell."],
  "setup-publish": ["A guided set-up: what to publish", "Each name and value stands alone, to be copied."],
  "setup-missing": ["A guided set-up: not there yet", "**Check DNS now** asks the zone's own name servers."],
  "setup-live": ["A guided set-up: live", "A tick for each record that every name server has."],
  "setup-done": ["A guided set-up: done", "Every record is live."],
  "card-check-640": ["The card of check, 640 wide", "A domain at a glance."],
  "card-check-360": ["The card of check, 360 wide", "The same on a phone."],
  "card-spf-640": ["The card of spf, 640 wide", "A record with its include tree."],
  "card-spf-360": ["The card of spf, 360 wide", "The same on a phone."],
  "card-triage-640": ["The card of triage, 640 wide", "A bounce and what it means."],
  "card-triage-360": ["The card of triage, 360 wide", "The same on a phone."],
  "card-setup-640": ["The card of setup, 640 wide", "The first question of a set-up."],
  "card-setup-360": ["The card of setup, 360 wide", "The same on a phone."],
  "card-help-640": ["The card of help, 640 wide", "What can be typed."],
  "card-help-360": ["The card of help, 360 wide", "The same on a phone."],
} as const satisfies Record<string, readonly [string, string]>;

export type Picture = keyof typeof PICTURES;

/** What takes a picture of itself. */
interface Shown {
  screenshot(options: { path: string }): Promise<unknown>;
}

const isShooting = process.env["SCREENSHOTS"] === "1";

/** Takes a picture; nothing where none are wanted. */
export async function picture(name: Picture, shown: Shown): Promise<void> {
  if (!isShooting) return;
  mkdirSync(GUIDES, { recursive: true });
  await shown.screenshot({ path: path.join(GUIDES, `teams-${name}.png`) });
}

/** Writes the page around the pictures; nothing where none are wanted. */
export function writeGuide(): void {
  if (!isShooting) return;
  const parts = Object.entries(PICTURES).map(
    ([name, [title, words]]) => `## ${title}\n\n${words}\n\n![${title}](teams-${name}.png)\n`,
  );
  writeFileSync(path.join(GUIDES, "teams.md"), `# ${TITLE}\n\n${INTRO}\n\n${parts.join("\n")}`);
}
