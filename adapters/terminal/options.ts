/** What only the terminal has: flags before, between or after a command's words. */

/** Lines of `batch` under way at once. Source: contract.md. */
const CONCURRENCY = 32;
const CONCURRENCY_MAX = 1_024;
const TIMEOUT_MAX_MS = 600_000;

export interface TerminalOptions {
  json: boolean;
  color: boolean;
  /** `--dns`; undefined: as the environment says. */
  dns: readonly string[] | undefined;
  /** Milliseconds for one command; undefined: the usual. */
  timeout: number | undefined;
  concurrency: number;
  /** `--file`: what a command reads instead of standard input. */
  file: string | undefined;
  /** The words of the command. */
  words: readonly string[];
}

type Read = { ok: true; options: TerminalOptions } | { ok: false; problem: string };

function numberOf(text: string | undefined, max: number): number | undefined {
  const number = /^\d{1,7}$/.test(text ?? "") ? Number(text) : 0;
  return number >= 1 && number <= max ? number : undefined;
}

/** Takes the terminal's flags out of the arguments. A word after `--` is never a flag. */
export function readTerminalOptions(argv: readonly string[]): Read {
  const options = {
    json: false,
    color: true,
    dns: undefined as readonly string[] | undefined,
    timeout: undefined as number | undefined,
    concurrency: CONCURRENCY,
    file: undefined as string | undefined,
    words: [] as string[],
  };
  const no = (problem: string): Read => ({ ok: false, problem });
  const end = argv.indexOf("--");
  const flags = end < 0 ? argv.length : end;
  for (let at = 0; at < flags; at += 1) {
    const [, flag = argv[at]!, joined] = /^(--[a-z-]+)=(.*)$/s.exec(argv[at]!) ?? [];
    const value = (): string | undefined => joined ?? (at + 1 < flags ? argv[++at] : undefined);
    switch (flag) {
      case "--json":
        options.json = true;
        break;
      case "--no-color":
        options.color = false;
        break;
      case "--dns": {
        const servers = value()
          ?.split(",")
          .map((each) => each.trim());
        if (servers === undefined || servers.includes(""))
          return no("--dns needs a name server: --dns 192.0.2.53 or --dns 127.0.0.1:5353");
        options.dns = servers;
        break;
      }
      case "--timeout":
        options.timeout = numberOf(value(), TIMEOUT_MAX_MS);
        if (options.timeout === undefined) return no("--timeout needs milliseconds: --timeout 8000");
        break;
      case "--concurrency": {
        const number = numberOf(value(), CONCURRENCY_MAX);
        if (number === undefined) return no(`--concurrency needs a number from 1 to ${CONCURRENCY_MAX}`);
        options.concurrency = number;
        break;
      }
      case "--file":
        options.file = value();
        if (options.file === undefined) return no("--file needs a path: --file mail.eml");
        break;
      default:
        options.words.push(argv[at]!);
    }
  }
  options.words.push(...argv.slice(flags + 1));
  return { ok: true, options };
}
