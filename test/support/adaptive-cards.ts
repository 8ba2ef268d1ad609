/** Adaptive Cards held to the schema of 1.5 and to Teams' numbers, and drawn in a browser by the `adaptivecards` package (reference B3, D). */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";

const SCHEMA = path.join(import.meta.dirname, "../../../shared/reference/schemas/adaptive-card-1.5.0.json");

/** Whether the schema is not there; in CI that fails. */
export const withoutSchema = !existsSync(SCHEMA) && process.env["CI"] !== "true";

let compiled: ValidateFunction | undefined;

/** The schema names its parts by `id`, which the newer ajv takes for addresses (reference D). */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, each]) => key !== "id" || typeof each !== "string");
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutIds(each)]));
}

function schemaFaults(card: unknown): string[] {
  if (withoutSchema) return [];
  compiled ??= new Ajv({ strict: false, validateSchema: false, validateFormats: false }).compile(
    withoutIds(JSON.parse(readFileSync(SCHEMA, "utf8"))) as object,
  );
  // Teams' own, beside the schema.
  const { msteams, ...rest } = card as Record<string, unknown>;
  const own = JSON.stringify(msteams) === '{"width":"Full"}' ? [] : ["msteams is not full width"];
  return compiled(rest)
    ? own
    : [
        ...own,
        ...(compiled.errors ?? []).slice(-3).map((each) => `${each.instancePath} ${String(each.message)}`),
      ];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every object in a tree, itself included. */
export function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each);
  else if (isObject(value)) {
    yield value;
    for (const each of Object.values(value)) yield* objectsIn(each);
  }
}

/** What runs of rich text say, the whole of each block in one piece. */
export function richIn(card: unknown): string[] {
  return [...objectsIn(card)]
    .filter(({ type }) => type === "RichTextBlock")
    .map(({ inlines }) => (inlines as { text: string }[]).map(({ text }) => text).join(""));
}

/** What stands outside rich text and may be read as Markdown: texts of TextBlocks. */
export function markdownIn(card: unknown): string[] {
  return [...objectsIn(card)].filter(({ type }) => type === "TextBlock").map(({ text }) => String(text));
}

const ELEMENTS: ReadonlySet<unknown> = new Set([
  ..."AdaptiveCard TextBlock RichTextBlock TextRun Container Table TableRow TableCell ActionSet Input.Text".split(
    " ",
  ),
  ..."Input.ChoiceSet Action.Submit Action.Execute Action.ShowCard Action.OpenUrl".split(" "),
]);
const CARD_JSON = 28_000;
const MESSAGE_TEXT = 10_000;

type Rule = (card: Record<string, unknown>, inner: readonly Record<string, unknown>[]) => string[];

const ofType = (inner: readonly Record<string, unknown>[], ...types: string[]) =>
  inner.filter(({ type }) => types.includes(String(type)));

/** What holds of every card, each with what it says when broken. */
const RULES: readonly Rule[] = [
  (card) => schemaFaults(card),
  (card) => {
    const { length } = JSON.stringify(card);
    return length > CARD_JSON ? [`${String(length)} units of JSON`] : [];
  },
  (_, inner) =>
    inner.flatMap(({ type }) =>
      type === undefined || ELEMENTS.has(type) ? [] : [`a ${JSON.stringify(type)}`],
    ),
  (_, inner) =>
    ofType(inner, "ActionSet").flatMap(({ actions }) =>
      (actions as unknown[]).length > 5 ? ["a row over 5"] : [],
    ),
  (_, inner) => ofType(inner, "FactSet").map(() => "a FactSet reads Markdown"),
  (_, inner) =>
    ofType(inner, "TextBlock").flatMap(({ wrap }) => (wrap === true ? [] : ["a TextBlock that is cut"])),
  (_, inner) =>
    ofType(inner, "Table").flatMap(({ columns, rows }) => {
      const wide = (columns as unknown[]).length;
      const isEven = (rows as { cells: unknown[] }[]).every(({ cells }) => cells.length === wide);
      return wide > 3 || (rows as unknown[]).length > 40 || !isEven ? ["a table over 3x40, or uneven"] : [];
    }),
  (_, inner) =>
    ofType(inner, "TextRun").flatMap(({ text }) => (text === "" ? ["a run of nothing is not drawn"] : [])),
  (_, inner) =>
    ofType(inner, "RichTextBlock").flatMap(({ inlines }) =>
      (inlines as unknown[]).length === 0 ? ["no runs"] : [],
    ),
  (_, inner) => {
    const ids = ofType(inner, "Input.Text", "Input.ChoiceSet").map(({ id }) => id);
    return new Set(ids).size === ids.length ? [] : [`an id twice: ${ids.join(", ")}`];
  },
  (_, inner) =>
    ofType(inner, "Action.OpenUrl").flatMap(({ url }) =>
      String(url).startsWith("https://") ? [] : [`to ${String(url)}`],
    ),
  ({ fallbackText, speak }) =>
    [fallbackText, speak].flatMap((each) => (each === "" ? ["nothing to fall back on"] : [])),
];

/** What is wrong with a card and its summary; nothing where all is well. */
export function checkCard({ card, summary }: { card: unknown; summary: string }): string[] {
  const inner = [...objectsIn(card)];
  const long = summary.length > MESSAGE_TEXT || summary.trim() === "" ? ["a summary too long or empty"] : [];
  return [...long, ...RULES.flatMap((rule) => rule(card as Record<string, unknown>, inner))];
}

/**
 * The script of the picture: it hands the window a `draw` that shows cards below one another, with a real Markdown processor on
 * (GFM: bare addresses become links), and what the renderer says of them.
 */
const SCRIPT = `
import * as AC from "adaptivecards/dist/adaptivecards.js";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  result.didProcess = true;
};
const theme = { background: "#ffffff", ink: "#242424", subtle: "#616161" };
const colours = { default: { default: theme.ink, subtle: theme.subtle }, accent: { default: "#0f6cbd", subtle: "#0f6cbd" },
  good: { default: "#107c10", subtle: "#107c10" }, warning: { default: "#8a5300", subtle: "#8a5300" }, attention: { default: "#b10e1c", subtle: "#b10e1c" } };
const style = (backgroundColor) => ({ backgroundColor, foregroundColors: colours });
const config = { supportsInteractivity: true, fontFamily: '"Segoe UI", "DejaVu Sans", sans-serif',
  fontTypes: { default: { fontFamily: '"Segoe UI", "DejaVu Sans", sans-serif' }, monospace: { fontFamily: '"DejaVu Sans Mono", monospace' } },
  containerStyles: { default: style("#ffffff"), emphasis: style("#f3f2f1"), good: style("#e7f2e7"), attention: style("#fbe9ea"), warning: style("#fdf3e4"), accent: style("#e8f1fa") },
  spacing: { small: 4, default: 8, medium: 12, large: 18, extraLarge: 24, padding: 12 },
  actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left", showCard: { actionMode: "inline", inlineTopMargin: 8 } } };
window.draw = (cards) => {
  const root = document.getElementById("root");
  root.replaceChildren();
  const said = [];
  for (const json of cards) {
    const card = new AC.AdaptiveCard();
    card.hostConfig = new AC.HostConfig(config);
    card.version = new AC.Version(1, 5);
    const context = new AC.SerializationContext(AC.Versions.v1_5);
    card.parse(json, context);
    for (let at = 0; at < context.eventCount; at++) said.push(context.getEventAt(at).message);
    const article = document.createElement("article");
    const drawn = card.render();
    if (drawn !== undefined) article.append(drawn);
    root.append(article);
  }
  return said;
};
window.unfold = () => { for (const button of document.querySelectorAll("button[aria-expanded=false]")) button.click(); };
`;

async function html(): Promise<string> {
  const bundle = await build({
    stdin: { contents: SCRIPT, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  const style = readFileSync(
    path.join(import.meta.dirname, "../../node_modules/adaptivecards/dist/adaptivecards.css"),
    "utf8",
  );
  const own = `body { margin: 0; padding: 12px; background: #f5f5f5 } article { margin: 0 0 16px; border: 1px solid #d1d1d1; border-radius: 6px; overflow: hidden; background: #fff }
    .ac-pushButton { border: 1px solid #d1d1d1; border-radius: 4px; background: #fff; padding: 5px 12px; font: 600 14px "DejaVu Sans", sans-serif; max-width: 100% }
    .ac-pushButton.style-positive { background: #5b5fc7; border-color: #5b5fc7; color: #fff } .ac-input { box-sizing: border-box; width: 100%; padding: 6px; font: 14px "DejaVu Sans", sans-serif }
    .ac-pushButton.expandable::after { content: " ▾"; font-family: "DejaVu Sans", sans-serif } .ac-pushButton.expandable.expanded::after { content: " ▴" }
    .ac-richTextBlock { overflow-wrap: anywhere }`;
  const script = bundle.outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><style>${own}</style><div id="root"></div><script>${script}</script>`;
}

export interface Cards {
  page: Page;
  /** Shows these cards in place of those before; what the renderer found wrong with them. */
  draw: (cards: readonly unknown[]) => Promise<string[]>;
  /** The addresses that the page tried to reach. */
  asked: string[];
}

/** A page of that width with nothing on it yet; `scale`: pixels of a picture for each of its own. */
export async function openCards(browser: Browser, width: number, scale = 2): Promise<Cards> {
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    deviceScaleFactor: scale,
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const asked: string[] = [];
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (url.startsWith("data:")) await route.continue();
    else {
      asked.push(url);
      await route.abort();
    }
  });
  await page.setContent(await html());
  return { page, asked, draw: (cards) => page.evaluate(`draw(${JSON.stringify(cards)})`) };
}
