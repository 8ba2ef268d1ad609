/** The Log port on pino: one event, one line of JSON, on standard error. */
import pino from "pino";
import type { Log } from "../src/ports.ts";
import { foreign } from "../src/text/foreign.ts";

type Fields = Readonly<Record<string, string | number | boolean>>;

/** Longest text of one field, in characters. */
const FIELD_MAX = 200;

/** Texts of a field with controls spelled out; whoever reads the log in a terminal sees no foreign escape sequence. */
function clean(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "string" ? foreign(value, FIELD_MAX) : value,
    ]),
  );
}

/** Makes the process's log; `silent` writes nothing. A closed or full standard error never ends the process. */
export function createLog(level: "silent" | "error" | "warn" | "info" | "debug"): Log {
  const stream = pino.destination({ dest: 2, sync: true });
  stream.on("error", () => undefined);
  const logger = pino({ level, base: null, redact: ["*.token", "*.secret", "*.authorization"] }, stream);
  return {
    info(event, fields = {}) {
      logger.info(clean(fields), event);
    },
    warn(event, fields = {}) {
      logger.warn(clean(fields), event);
    },
    error(event, fields = {}) {
      logger.error(clean(fields), event);
    },
  };
}
