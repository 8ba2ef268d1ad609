/** Composition root: configuration, ports, the App, platforms. Without arguments it serves; with arguments it is the terminal. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createDns, type DnsClient } from "../adapters/dns/resolver.ts";
import { systemClock } from "../adapters/clock.ts";
import { createHttp } from "../adapters/http/fetch.ts";
import { createLog } from "../adapters/log.ts";
import { createMetrics, type Metrics } from "../adapters/metrics.ts";
import { startServer, type Handler } from "../adapters/server.ts";
import type { SlackRim } from "../adapters/slack/index.ts";
import type { TeamsRim } from "../adapters/teams/index.ts";
import { runTerminal } from "../adapters/terminal/index.ts";
import { readTerminalOptions } from "../adapters/terminal/options.ts";
import { createPage } from "../adapters/web/index.ts";
import { createApp } from "./commands/app.ts";
import { COMMANDS } from "./commands/index.ts";
import type { App } from "./commands/request.ts";
import { isLoopbackHost, readConfig, type Config } from "./config.ts";
import { createCache } from "./dns/cache.ts";
import { createDemo, createDemoDirect } from "./dns/demo.ts";
import { COMMAND_MS } from "./dns/limits.ts";
import { createShare } from "./dns/share.ts";
import { startKeeper } from "./jobs/keeper.ts";
import type { Http, Log } from "./ports.ts";
import type { Store } from "./store.ts";
import { workingPage } from "./view/pages.ts";

/** Time for requests under way when the process is asked to stop. Source: threats F17. */
const GRACE_MS = 20_000;

/** Rims that say something later, beside an answer. */
const TELLS = ["slack", "teams", "web"] as const;

interface House {
  /** Opens the store on first use; null where it cannot be opened. */
  store: () => Promise<Store | null>;
  /** The store where somebody has needed it; it is opened for nobody else. */
  openedStore: () => Promise<Store | null>;
  app: App;
  http: Http;
  dns: DnsClient;
  metrics: Metrics;
  close(): void;
}

/** Puts the App on real name servers. Throws TypeError where these cannot be read. */
function buildHouse(config: Config, log: Log, deadline: number): House {
  const clock = systemClock;
  const dns = createDns({
    clock,
    allow: config.dnsAllow,
    ...(config.dnsServers === undefined ? {} : { servers: config.dnsServers }),
  });
  const metrics = createMetrics(() => dns.health());
  // Outermost first: a hit in the cache takes no share of what may be in flight.
  const cache = createCache(createShare(dns, { clock }), { clock });
  const store = openStoreOnce(config, log);
  const known = createDemo(cache, () => clock.now());
  const http = createHttp({ dns: known, clock });
  const app = createApp({
    commands: COMMANDS,
    dns: known,
    http,
    direct: createDemoDirect(dns, () => clock.now()),
    store: store.open,
    keepMs: config.keepMs,
    tells: TELLS,
    // Its library is loaded with the first whole message.
    verify: async (call, asked) =>
      (await import("../adapters/mailauth/verify.ts")).verifyMessage(call, asked),
    clock,
    log,
    deadline,
    observe: (observed) => {
      metrics.observe(observed);
    },
  });
  return {
    app,
    http,
    dns,
    metrics,
    store: store.open,
    openedStore: store.opened,
    close() {
      dns.close();
      cache.close();
      void store.close();
    },
  };
}

async function serve(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const house = buildHouse(config, log, COMMAND_MS);
  const hosts = [config.host, ...(config.publicUrl === undefined ? [] : [config.publicUrl.hostname])];
  const page = createPage({ app: house.app, hosts, log, store: house.store, clock: systemClock });
  const slack = await openSlack(config, house, log);
  const teams = await openTeams(config, house, log);
  const server = await startServer({
    host: config.host,
    port: config.port,
    handlers: [
      ...(slack === undefined ? [] : [slack.handle]),
      ...(teams === undefined ? [] : [teams.handle]),
      ...(config.page ? ([(request, response) => page.handle(request, response)] satisfies Handler[]) : []),
    ],
    metrics: house.metrics,
    metricsToken: config.metricsToken,
    unready: () => [
      ...(house.dns.health().every(({ state }) => state === "failing") ? ["no name server answers"] : []),
      ...[slack?.trouble() ?? [], teams?.trouble() ?? []].flat(),
    ],
    log,
  });
  const keeper = startKeeper({
    store: house.openedStore,
    app: house.app,
    rims: TELLS,
    clock: systemClock,
    log,
  });
  const stop = (): void => {
    process.off("SIGTERM", stop);
    process.off("SIGINT", stop);
    const rims = [slack?.close(GRACE_MS), teams?.close(GRACE_MS)];
    void Promise.all([server.close(GRACE_MS), ...rims, keeper.stop()]).then(() => {
      house.close();
      log.info("stopped");
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // Whoever reads this may stop it at once.
  say(`listening on ${server.url}`);
  // Now that it listens, it sends what it left when it ended.
  slack?.look();
  teams?.look();
  if (config.page) say(`Open ${server.url} and type: spf example.com`);
  else
    say(
      `The chat page is off: PAGE=on switches it on${isLoopbackHost(config.host) ? "" : " on this address"}.`,
    );
  if (slack === undefined)
    say(
      "Slack is off: SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET switches it on (see README).",
    );
  else
    say(
      slack.trouble() === null
        ? "Slack is on."
        : `Slack is off: ${slack.trouble() ?? ""}. It is tried again.`,
    );
  say(teamsLine(config, teams));
}

/** The store, opened by the first who needs it: most commands keep nothing, and its libraries are loaded for nobody else. */
function openStoreOnce(
  config: Config,
  log: Log,
): {
  open: () => Promise<Store | null>;
  opened: () => Promise<Store | null>;
  close: () => Promise<void>;
} {
  let opening: Promise<Store | null> | undefined;
  async function openNow(): Promise<Store | null> {
    const { openStore } = await import("../adapters/sql/store.ts");
    const opened = await openStore(databaseUrl(config), { clock: systemClock, log });
    if (opened.ok) return opened.store;
    log.error("the store cannot be opened", { why: opened.why });
    opening = undefined;
    return null;
  }
  return {
    open: () => (opening ??= openNow()),
    opened: async () => (await opening) ?? null,
    close: async () => {
      await (await opening)?.close();
    },
  };
}

/** Where nothing is said: beside a checkout, or in the person's own folder where the package is installed. */
function databaseUrl({ databaseUrl: url, stateFolder }: Config): string {
  if (url !== undefined) return url;
  const isCheckout = import.meta.filename.endsWith(".ts");
  const folder = isCheckout ? "data" : join(stateFolder, "waxseal");
  mkdirSync(folder, { recursive: true });
  return `sqlite:${join(folder, "waxseal.db")}`;
}

/** Slack, where it is set up; its libraries are loaded for nobody else. */
async function openSlack(config: Config, { app, store }: House, log: Log): Promise<SlackRim | undefined> {
  if (config.slack === undefined) return undefined;
  const { startSlack } = await import("../adapters/slack/index.ts");
  return startSlack({ app, clock: systemClock, log, working: workingPage, store, ...config.slack });
}

/** Teams, where it is set up; its libraries are loaded for nobody else. */
async function openTeams(
  config: Config,
  { app, http, store }: House,
  log: Log,
): Promise<TeamsRim | undefined> {
  if (config.teams === undefined) return undefined;
  const { startTeams } = await import("../adapters/teams/index.ts");
  return startTeams({ app, http, clock: systemClock, log, working: workingPage, store, ...config.teams });
}

/** What is said of Teams at the start. */
function teamsLine({ teams: settings }: Config, teams: TeamsRim | undefined): string {
  if (teams === undefined)
    return "Teams is off: MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId switch it on (see README).";
  const trouble = teams.trouble();
  if (trouble !== null) return `Teams is off: ${trouble}. It is tried again.`;
  return settings?.appId === null
    ? "Teams is on for this machine alone: without MicrosoftAppId nobody is asked who they are."
    : "Teams is on.";
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function runCommand(config: Config, argv: readonly string[]): Promise<number> {
  const read = readTerminalOptions(argv);
  if (!read.ok) {
    process.stderr.write(`${read.problem}\n`);
    return 2;
  }
  const { dns, timeout } = read.options;
  const house = buildHouse(
    dns === undefined ? config : { ...config, dnsServers: dns },
    createLog("silent"),
    timeout ?? COMMAND_MS,
  );
  const stop = new AbortController();
  process.once("SIGINT", () => {
    stop.abort();
  });
  try {
    const streams = { input: process.stdin, output: process.stdout, error: process.stderr };
    return await runTerminal(house.app, read.options, streams, stop.signal);
  } finally {
    house.close();
  }
}

async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads may go away first ("| head -1"); that is no fault of ours.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  const config = readConfig(process.env);
  if (!config.ok) {
    process.stderr.write(`${config.problems.join("\n")}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    if (argv.length === 0) await serve(config.config);
    else process.exitCode = await runCommand(config.config, argv);
  } catch (error) {
    // What cannot be started at all: a name server that is none, a port that is taken.
    process.stderr.write(`waxseal: ${error instanceof Error ? error.message : "cannot start"}\n`);
    process.exitCode = 2;
  }
}

await main(process.argv.slice(2));
