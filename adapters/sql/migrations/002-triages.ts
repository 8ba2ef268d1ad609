/** What triages answered, for as long as their buttons live. */
import type { Migration } from "./migration.ts";

export const triages: Migration = {
  number: 2,
  name: "triages",
  statements: () => [
    `create table triages (
      tenant text not null,
      id text not null,
      place text,
      found text not null,
      revision integer not null,
      until bigint not null,
      primary key (tenant, id)
    )`,
    `create index triages_by_place on triages (tenant, place, until) where place is not null`,
    `create index triages_by_age on triages (until)`,
  ],
};
