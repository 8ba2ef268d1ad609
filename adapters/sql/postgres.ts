/** Kysely's dialect for PostgreSQL, over a pool that lets go of connections it can no longer trust. */
import { PostgresDialect, type Dialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { CONNECTIONS, CONNECT_MS, IDLE_TRANSACTION_MS, STATEMENT_LOST_MS, STATEMENT_MS } from "./limits.ts";

/** Whether the server itself said so, in words of the protocol: then the connection is still in step. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  // Node's own codes (EPIPE, ECONNRESET …) can be five letters too: the server's errors have a severity beside the code.
  return "severity" in error && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

/** Closes the connection instead of giving it back where something else than the server's "no" came over it. */
function watched(client: pg.PoolClient): PostgresPoolClient {
  let lost = false;
  // Lost between two statements of a transaction: without a listener the process would end.
  const onError = (): void => {
    lost = true;
  };
  client.on("error", onError);
  const query = async (sql: string, parameters: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      // Class 57P: the server is going away.
      const state = sqlStateOf(error);
      if (state === null || state.startsWith("57P")) lost = true;
      throw error;
    }
  };
  return {
    // Kysely's own type has a second form for cursors, which are never asked for without one in the configuration.
    query: query as unknown as PostgresPoolClient["query"],
    release: (discard) => {
      client.off("error", onError);
      client.release(lost || discard === true);
    },
  };
}

export interface PostgresOptions {
  /** Called when a connection that nobody uses is lost. */
  lost?: () => void;
  /** For migrations: one connection, and statements that may take their time. */
  patient?: boolean;
}

/** PostgreSQL at `url`; nothing is connected yet. */
export function postgresDialect(url: string, { lost, patient = false }: PostgresOptions = {}): Dialect {
  const types = new pg.TypeOverrides();
  // Our times and counts are far below 2^53.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const config: pg.PoolConfig = {
    connectionString: url,
    max: patient ? 1 : CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "waxseal",
    keepAlive: true,
    // An idle pool does not keep the process alive.
    allowExitOnIdle: true,
    types,
    ...(patient
      ? {}
      : {
          statement_timeout: STATEMENT_MS,
          query_timeout: STATEMENT_LOST_MS,
          idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
        }),
  };
  const pool = new pg.Pool(config);
  // Without a listener the process would end.
  pool.on("error", () => lost?.());
  const handed: PostgresPool = {
    connect: async () => watched(await pool.connect()),
    end: () => pool.end(),
    options: {},
  };
  return new PostgresDialect({ pool: handed });
}
