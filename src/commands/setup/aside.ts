/** What a guided set-up gives without being moved: its records as texts for other hands, and a look on behalf of who waits. */
import { EXPORT_WORDS, noFormat, noRecords } from "../../messages/setup.ts";
import { EXPORTS, type ExportFormat } from "../../setup/export/index.ts";
import type { ExportRecord } from "../../setup/export/record.ts";
import { look } from "../../setup/look.ts";
import { allRecords, pageOf, type PageNotice, type PageRecord } from "../../setup/page.ts";
import { advance } from "../../setup/session.ts";
import type { Store } from "../../store.ts";
import type { CommandContext, Outcome, Produced } from "../command.ts";
import { exportActions, told } from "./page.ts";
import { beside, keep, portsOf, read, resume } from "./session.ts";

const FORMATS = Object.keys(EXPORT_WORDS) as ExportFormat[];

/** Every record that the conversation has come to, as one text. */
export async function exportRecords(
  reference: string,
  typed: string | undefined,
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const format = typed === undefined ? "text" : FORMATS.find((each) => each === typed.toLowerCase());
  if (format === undefined) return { ok: false, refusal: noFormat(typed ?? "", FORMATS) };
  const found = await read(reference, store, context);
  if (!found.ok) return found;
  const { kept, session, flow } = found;
  const ports = portsOf(context);
  const records = allRecords(flow, session, await look(ports, flow, session), ports.now());
  if (records.length === 0) return { ok: false, refusal: noRecords(kept.id) };
  const { file, write } = EXPORTS[format];
  return {
    ok: true,
    value: {
      kind: "setup-export",
      domain: session.domains[0] ?? "",
      findings: [],
      notices: [],
      data: {
        session: kept.id,
        provider: session.provider,
        providerName: flow.name,
        domains: [...session.domains],
        format,
        file,
        records: records.length,
        text: write(records.map(exported)),
      },
      actions: exportActions(kept.id, format),
    },
  };
}

function exported({ host, type, value, priority, ttl, role, found, state }: PageRecord): ExportRecord {
  // An SPF record takes the place of today's; a second one would make every evaluation a permerror (RFC 7208 §4.5).
  const replaces = role === "spf" && state !== "ok" ? found.filter((each) => each !== value) : [];
  return {
    host,
    type: type,
    value,
    priority,
    ttl,
    ...(replaces.length === 0 ? {} : { replaces }),
  };
}

/**
 * Looks again for whoever waits. While something is not live nothing is changed; when all of it is, or this was the last look, the
 * session no longer waits and the page says so.
 */
export async function lookOnBehalf(
  reference: string,
  isLast: boolean,
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  if (!found.ok) return found;
  const { kept, session, flow } = found;
  const ports = portsOf(context);
  const seen = await look(ports, flow, session, "all");
  const page = pageOf(flow, session, seen, ports.now());
  const keys = session.telling?.keys ?? page.records.map(({ key }) => key);
  const isLive = keys.every((key) => seen.records.get(key)?.state === "ok");
  const said: PageNotice[] = isLive ? [{ code: "live" }] : isLast ? [{ code: "gave-up" }] : [];
  if (session.telling === null || said.length === 0)
    return told(kept, flow, page, session, beside(context, { said }));
  const event = { kind: "answered", by: session.telling.by } as const;
  return keep(found, advance(flow, session, event, seen, ports.now()), event, store, context, said);
}

/** The page of a set-up that nobody has moved for long, with the day on which it is closed. */
export async function tellEnd(
  reference: string,
  store: Store,
  context: CommandContext,
): Promise<Outcome<Produced>> {
  const found = await read(reference, store, context);
  if (!found.ok) return found;
  return resume(found.kept, context, { said: [{ code: "expiring", until: found.kept.expiresAt }] });
}
