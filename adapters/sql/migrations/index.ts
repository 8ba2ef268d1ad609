/** All migrations, in order. */
import { first } from "./001-first.ts";
import { triages } from "./002-triages.ts";
import type { Migration } from "./migration.ts";

export const MIGRATIONS: readonly Migration[] = [first, triages];
