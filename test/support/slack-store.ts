/** As much of a store as Slack needs, as a literal: rows to look at, a log of calls, and trouble on demand. */
import type { Store } from "../../adapters/slack/memory.ts";
import type { Failed, NewAnswer } from "../../src/store.ts";

interface Row extends NewAnswer {
  tries: number;
  lease: string;
  until: number;
  over: boolean;
}

export interface SlackStore extends Store {
  rows: Map<string, Row>;
  /** "keepAnswer id", "firstTime key" … */
  calls: string[];
  /** Answers that are not over, "id due", in milliseconds after `from`. */
  due(from?: number): string[];
  /** Every call waits for it, and then says so where it gives a failure. */
  trouble: (() => Promise<Failed | null>) | null;
}

export function slackStore(): SlackStore {
  const rows = new Map<string, Row>();
  const seen = new Set<string>();
  const calls: string[] = [];
  let leases = 0;

  async function call<T extends object>(
    name: string,
    what: string,
    run: () => T,
  ): Promise<({ ok: true } & T) | Failed> {
    calls.push(`${name} ${what}`);
    const failed = (await store.trouble?.()) ?? null;
    return failed ?? { ok: true, ...run() };
  }

  const store: SlackStore = {
    rows,
    calls,
    trouble: null,
    due: (from = 0) =>
      [...rows.values()]
        .filter(({ over }) => !over)
        .map(({ id, due }) => `${id.replace(/^q:.{43}/, "q")} ${String(due - from)}`),
    firstTime: (tenant, key) =>
      call("firstTime", key, () => {
        const whole = JSON.stringify([tenant, key]);
        const first = !seen.has(whole);
        seen.add(whole);
        return { first };
      }),
    keepAnswer: (answer) =>
      call("keepAnswer", answer.id, () => {
        const page = JSON.parse(JSON.stringify(answer.page)) as NewAnswer["page"];
        if (!rows.has(answer.id))
          rows.set(answer.id, { ...answer, page, tries: 0, lease: "", until: 0, over: false });
        return {};
      }),
    takeAnswers: ({ rims, now, limit, leaseMs = 30_000 }) =>
      call("takeAnswers", String(limit), () => {
        const free = [...rows.values()].filter(
          ({ rim, due, until, over }) => rims.includes(rim) && !over && due <= now && until <= now,
        );
        const taken = free.sort((one, other) => one.due - other.due).slice(0, limit);
        for (const row of taken)
          Object.assign(row, { tries: row.tries + 1, lease: String(++leases), until: now + leaseMs });
        return { answers: taken.map((row) => ({ ...row })) };
      }),
    answerSent: (_tenant, id) =>
      call("answerSent", id, () => {
        const row = rows.get(id);
        if (row !== undefined) row.over = true;
        return {};
      }),
    answerFailed: ({ id, lease }, nextTry) =>
      call("answerFailed", id, () => {
        const row = rows.get(id);
        if (row?.lease !== lease) return {};
        if (nextTry === null) row.over = true;
        else Object.assign(row, { due: nextTry, lease: "", until: 0 });
        return {};
      }),
  };
  return store;
}
