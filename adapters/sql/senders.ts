/** Who sends as a domain, and what people said of them. */
import type { Sender, SenderKey, Senders } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { packText, packTime, unpackText } from "./pack.ts";
import type { SenderRow } from "./schema.ts";

function unpackNull(packed: string | null): string | null {
  return packed === null ? null : unpackText(packed);
}

function senderOf(row: SenderRow): Sender {
  return {
    kind: row.kind,
    name: unpackText(row.name),
    owner: unpackNull(row.owner),
    verdict: row.verdict,
    judgedBy: unpackNull(row.judged_by),
    judgedAt: row.judged_at,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
  };
}

/** A sender of whom nothing is known yet. */
function blank(tenant: string, domain: string, { kind, name }: SenderKey): SenderRow {
  return {
    tenant: packText(tenant),
    domain: packText(domain),
    kind,
    name: packText(name),
    owner: null,
    verdict: "unknown",
    judged_by: null,
    judged_at: null,
    first_seen: null,
    last_seen: null,
  };
}

const KEY = ["tenant", "domain", "kind", "name"] as const;

/** Always in the same order, so that two processes do not wait for each other's rows. */
function sorted(senders: readonly SenderKey[]): SenderKey[] {
  return [...senders].sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}

export function sendersIn({ read, write }: Database): Senders {
  return {
    async sendersOf(tenant, domain) {
      const done = await read((db) =>
        db
          .selectFrom("senders")
          .selectAll()
          .where("tenant", "=", packText(tenant))
          .where("domain", "=", packText(domain))
          .execute(),
      );
      if (!done.ok) return done;
      // Sorted here: the two databases put nulls and letters in different orders.
      const senders = done.value
        .map(senderOf)
        .sort((a, b) => (b.lastSeen ?? 0) - (a.lastSeen ?? 0) || (a.name < b.name ? -1 : 1));
      return { ok: true, senders };
    },

    sawSenders: (tenant, domain, senders, at) =>
      write("sawSenders", async (trx, point) => {
        for (const sender of sorted(senders)) {
          await trx
            .insertInto("senders")
            .values({
              ...blank(tenant, domain, sender),
              first_seen: packTime(at),
              last_seen: packTime(at),
            })
            .onConflict((conflict) =>
              conflict.columns(KEY).doUpdateSet((eb) => ({
                first_seen: eb
                  .case()
                  .when("senders.first_seen", "<", eb.ref("excluded.first_seen"))
                  .then(eb.ref("senders.first_seen"))
                  .else(eb.ref("excluded.first_seen"))
                  .end(),
                last_seen: eb
                  .case()
                  .when("senders.last_seen", ">", eb.ref("excluded.last_seen"))
                  .then(eb.ref("senders.last_seen"))
                  .else(eb.ref("excluded.last_seen"))
                  .end(),
              })),
            )
            .execute();
          await point("sender");
        }
      }),

    judgeSender: (tenant, domain, sender, { verdict, owner, by, at }) =>
      write("judgeSender", (trx) => {
        const judged = {
          verdict,
          owner: owner === null ? null : packText(owner),
          judged_by: packText(by),
          judged_at: packTime(at),
        };
        return trx
          .insertInto("senders")
          .values({ ...blank(tenant, domain, sender), ...judged })
          .onConflict((conflict) => conflict.columns(KEY).doUpdateSet(judged))
          .execute();
      }),
  };
}
