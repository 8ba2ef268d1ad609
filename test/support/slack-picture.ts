/** Slack's messages drawn in a browser by slack-blocks-to-jsx (reference D), each as an element of its own. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";

const require = createRequire(import.meta.url);

/** The script of the picture: it hands the window a `draw` that shows messages below one another. */
const SCRIPT = `
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";
const root = createRoot(document.getElementById("root"));
window.draw = (messages, theme) => flushSync(() => root.render(messages.map((blocks, index) =>
  createElement("article", { key: index },
    createElement(Message, { blocks, theme, logo: "data:,", name: "Waxseal", time: new Date(0), withoutWrapper: true })))));
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
  const style = await readFile(require.resolve("slack-blocks-to-jsx/dist/style.css"), "utf8");
  // Slack breaks long words in lists, too.
  // Slack cuts a label that its window has no room for; the renderer's buttons know no end.
  const own = `body { margin: 0; padding: 12px; font: 15px/1.46 Lato, "DejaVu Sans", sans-serif; color: #1d1c1d }
    article { border-left: 0; padding: 0 0 16px } .slack_blocks_to_jsx__table { display: block; max-width: calc(100vw - 24px); overflow-x: auto } .slack_blocks_to_jsx__button_element { max-width: calc(100vw - 32px); overflow: hidden; text-overflow: ellipsis }
    ul.list-none { max-width: calc(100vw - 24px) } ul.list-none * { min-width: 0 !important; overflow-wrap: anywhere !important } pre { white-space: pre-wrap; overflow-wrap: anywhere }`;
  const script = bundle.outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><style>${own}</style><div id="root"></div><script>${script}</script>`;
}

export interface Picture {
  page: Page;
  /** Shows these messages' blocks, in place of those before. */
  draw(messages: readonly (readonly unknown[])[], theme?: "light" | "dark"): Promise<void>;
}

/** A page as wide as a phone, with nothing on it yet. `asked`: the addresses that it tried to reach. */
export async function openPicture(browser: Browser, width: number): Promise<Picture & { asked: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor: 2 });
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
  return {
    page,
    asked,
    draw: (messages, theme = "light") => page.evaluate(`draw(${JSON.stringify(messages)}, "${theme}")`),
  };
}
