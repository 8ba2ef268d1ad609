/** What a migration is. */

/** The databases whose words differ here and there. */
export type DatabaseKind = "sqlite" | "postgres";

/** One step of the tables. It runs in one transaction, and is never changed once published. */
export interface Migration {
  /** 1 for the first, one more each. */
  number: number;
  name: string;
  statements: (kind: DatabaseKind) => readonly string[];
}
