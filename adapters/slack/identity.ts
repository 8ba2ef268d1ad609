/** Who the bot is, and whether Slack takes its token. */
import type { webApi } from "@slack/bolt";
import type { Clock, Log } from "../../src/ports.ts";
import { TOKEN_REFUSED } from "./api.ts";
import { TOKEN_AGAIN_MS } from "./limits.ts";

/** Who the bot is, and whether Slack takes its token; a refused one is tried again until it is taken. */
export function openIdentity(client: webApi.WebClient, clock: Clock, log: Log) {
  let user = "";
  let bot: string | undefined;
  let trouble: string | null = "slack has not answered yet";
  let cancel: (() => void) | undefined;
  let closed = false;

  async function check(): Promise<void> {
    try {
      const { user_id, bot_id } = await client.auth.test();
      user = user_id ?? "";
      bot = bot_id;
      trouble = null;
      log.info("slack is on");
      return;
    } catch (error) {
      const code = codeOf(error);
      trouble = TOKEN_REFUSED.has(code)
        ? `slack refuses SLACK_BOT_TOKEN (${code})`
        : `slack does not answer (${code})`;
      log.warn("slack is off", { error: code });
    }
    if (!closed) cancel = clock.after(TOKEN_AGAIN_MS, () => void check());
  }

  const ready = check();
  return {
    /** Resolves when Slack has answered for the first time, or has not in time. */
    ready,
    user: () => user,
    bot: () => bot,
    trouble: () => trouble,
    /** A call was answered with a refusal of the token. */
    refuse(why: string): void {
      trouble = why;
      log.warn("slack is off", { error: why });
      cancel?.();
      if (!closed) cancel = clock.after(TOKEN_AGAIN_MS, () => void check());
    },
    close(): void {
      closed = true;
      cancel?.();
    },
  };
}

/** What an error of Slack's clients is called: Slack's own word, or the client's. */
export function codeOf(error: unknown): string {
  const { code, data } = error as { code?: string; data?: { error?: string } };
  return data?.error ?? code ?? "unknown";
}
