/** What triages answered, until their time is over. */
import type { Transaction } from "kysely";
import type { KeptTriage, Triages } from "../../src/store.ts";
import type { Database } from "./attempt.ts";
import { packJson, packText, packTime, unpackJson, unpackText } from "./pack.ts";
import type { Tables, TriageRow } from "./schema.ts";

export function triagesIn({ read, write }: Database): Triages {
  return {
    async keepTriage({ tenant, id, place, found, revision, until }) {
      const row: TriageRow = {
        tenant: packText(tenant),
        id: packText(id),
        place: place === null ? null : packText(place),
        found: packJson(found),
        revision,
        until: packTime(until),
      };
      const done = await write(
        "keepTriage",
        async (trx) =>
          (revision === 1 ? await insert(trx, row) : await replace(trx, row)) || isThere(trx, row),
      );
      return done.ok ? { ok: true, kept: done.value } : done;
    },

    async readTriage(tenant, id, now) {
      const done = await read((db) =>
        db
          .selectFrom("triages")
          .selectAll()
          .where("tenant", "=", packText(tenant))
          .where("id", "=", packText(id))
          .where("until", ">", packTime(now))
          .executeTakeFirst(),
      );
      return done.ok ? { ok: true, triage: triageOf(done.value) } : done;
    },

    async lastTriage(tenant, place, now) {
      const done = await read((db) =>
        db
          .selectFrom("triages")
          .selectAll()
          .where("tenant", "=", packText(tenant))
          .where("place", "=", packText(place))
          .where("until", ">", packTime(now))
          .orderBy("until", "desc")
          .limit(1)
          .executeTakeFirst(),
      );
      return done.ok ? { ok: true, triage: triageOf(done.value) } : done;
    },
  };
}

async function insert(trx: Transaction<Tables>, row: TriageRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto("triages")
    .values(row)
    .onConflict((conflict) => conflict.columns(["tenant", "id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

async function replace(trx: Transaction<Tables>, row: TriageRow): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable("triages")
    .set(row)
    .where("tenant", "=", row.tenant)
    .where("id", "=", row.id)
    .where("revision", "=", row.revision - 1)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The same again, after a write whose end nobody heard of. */
async function isThere(trx: Transaction<Tables>, row: TriageRow): Promise<boolean> {
  const found = await trx
    .selectFrom("triages")
    .select("id")
    .where("tenant", "=", row.tenant)
    .where("id", "=", row.id)
    .where("revision", "=", row.revision)
    .where("found", "=", row.found)
    .executeTakeFirst();
  return found !== undefined;
}

function triageOf(row: TriageRow | undefined): KeptTriage | null {
  if (row === undefined) return null;
  const { tenant, id, place, found, revision, until } = row;
  return {
    tenant: unpackText(tenant),
    id: unpackText(id),
    place: place === null ? null : unpackText(place),
    found: unpackJson(found),
    revision,
    until,
  };
}
