/** The environment as Config. Every key is declared once, here; `.env.example` and the README repeat it (a test says so). */
import * as z from "zod";

export interface Setting {
  /** Never logged. */
  secret: boolean;
  /** What is used where it is not set; null: nothing. */
  default: string | null;
  help: string;
}

/** Every key of the environment that is read. */
export const SETTINGS = {
  HOST: { secret: false, default: "127.0.0.1", help: "Address to serve on." },
  PORT: { secret: false, default: "3000", help: "Port to serve on; 0 takes any that is free." },
  PUBLIC_URL: { secret: false, default: null, help: "The address under which people reach this server." },
  PAGE: {
    secret: false,
    default: null,
    help: "The local chat page: on or off. Default: on where HOST is loopback, else off.",
  },
  METRICS_TOKEN: {
    secret: true,
    default: null,
    help: "Bearer token for /metrics. Without it /metrics answers on loopback only.",
  },
  LOG_LEVEL: {
    secret: false,
    default: "info",
    help: "silent, error, warn, info or debug; logs go to standard error.",
  },
  DNS_SERVERS: {
    secret: false,
    default: null,
    help: "Name servers to ask: host:port, comma between, or one https:// URL (DoH). Default: the system's.",
  },
  DNS_ALLOW: {
    secret: false,
    default: null,
    help: "Networks whose name servers may be asked directly though they are not public: 10.0.0.0/8, 127.0.0.1:5353.",
  },
  DATABASE_URL: {
    secret: true,
    default: null,
    help: "Where set-ups are kept: sqlite:FILE, or postgres://… to share them between processes. Default: sqlite:./data/waxseal.db; installed as a package, below $XDG_STATE_HOME/waxseal.",
  },
  TRIAGE_RETENTION: {
    secret: false,
    default: "24h",
    help: "How long the buttons under a triage live; its masked answer is kept for so long: 24h, 90m, 7d. 0 keeps nothing.",
  },
  SLACK_BOT_TOKEN: {
    secret: true,
    default: null,
    help: "Switches Slack on, with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET beside it: xoxb-…, from OAuth & Permissions.",
  },
  SLACK_APP_TOKEN: {
    secret: true,
    default: null,
    help: "Socket mode, which needs no public address: xapp-…, from Basic Information, App-Level Tokens, scope connections:write.",
  },
  SLACK_SIGNING_SECRET: {
    secret: true,
    default: null,
    help: "HTTP at /slack/events: from Basic Information, App Credentials.",
  },
  SLACK_API_URL: {
    secret: false,
    default: null,
    help: "Of tests: another address of Slack's Web API; its origin is then taken for Slack's.",
  },
  MicrosoftAppId: {
    secret: false,
    default: null,
    help: "Switches Teams on: the application's (client) id. Without it, but with a TEAMS_ setting, Teams runs on loopback alone and asks nobody who they are.",
  },
  MicrosoftAppPassword: {
    secret: true,
    default: null,
    help: "A client secret of the application: its Value, from Certificates & secrets. Needed unless MicrosoftAppType is UserAssignedMSI.",
  },
  MicrosoftAppType: {
    secret: false,
    default: "SingleTenant",
    help: "SingleTenant, MultiTenant or UserAssignedMSI, as the bot was registered.",
  },
  MicrosoftAppTenantId: {
    secret: false,
    default: null,
    help: "The directory (tenant) id of the application. Needed unless MicrosoftAppType is MultiTenant.",
  },
  TEAMS_TENANTS: {
    secret: false,
    default: null,
    help: "Tenants that may ask, comma between. Default: MicrosoftAppTenantId; with MultiTenant all that installed the app.",
  },
  TEAMS_OPENID_METADATA_URL: {
    secret: false,
    default: null,
    help: "Of other clouds and tests: where the keys are told that sign what Teams sends.",
  },
  TEAMS_TOKEN_ISSUER: {
    secret: false,
    default: null,
    help: "Of other clouds and tests: who signs what Teams sends.",
  },
  TEAMS_SERVICE_HOSTS: {
    secret: false,
    default: null,
    help: "Of other clouds and tests: hosts that answers may go to, comma between, instead of smba.trafficmanager.net,*.botframework.com.",
  },
  TEAMS_PREVIEW: {
    secret: false,
    default: "off",
    help: "on: what Teams has in preview. Help and errors in channels are shown to the asker alone, and the package gets commands behind a slash. on or off.",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

const list = (text: string | undefined): string[] | undefined =>
  text
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** Ids of applications and tenants. */
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A person may go on a holiday, no further. Ours. */
const RETENTION_MAX_MS = 30 * 86_400_000;

/** "24h" in milliseconds. */
function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * (UNIT_MS[duration.at(-1)!] ?? 0);
}

const schema = z.object({
  HOST: z.string().min(1),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.number().max(65_535)),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  PAGE: z.enum(["on", "off"]).optional(),
  METRICS_TOKEN: z.string().min(16).optional(),
  LOG_LEVEL: z.enum(["silent", "error", "warn", "info", "debug"]),
  DNS_SERVERS: z.string().optional().transform(list),
  DNS_ALLOW: z.string().optional().transform(list),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:.|postgres(?:ql)?:\/\/)/)
    .optional(),
  TRIAGE_RETENTION: z
    .string()
    .regex(/^(?:0|\d{1,4}[mhd])$/)
    .transform(milliseconds)
    .pipe(z.number().max(RETENTION_MAX_MS)),
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-").optional(),
  SLACK_APP_TOKEN: z.string().startsWith("xapp-").optional(),
  SLACK_SIGNING_SECRET: z.string().min(8).optional(),
  SLACK_API_URL: z.url({ protocol: /^https?$/ }).optional(),
  MicrosoftAppId: z.string().regex(GUID).optional(),
  MicrosoftAppPassword: z.string().min(1).optional(),
  MicrosoftAppType: z.enum(["SingleTenant", "MultiTenant", "UserAssignedMSI"]),
  MicrosoftAppTenantId: z.string().regex(GUID).optional(),
  TEAMS_TENANTS: z
    .string()
    .optional()
    .transform(list)
    .pipe(z.array(z.string().regex(GUID)).min(1).optional()),
  TEAMS_OPENID_METADATA_URL: z.url({ protocol: /^https?$/ }).optional(),
  TEAMS_TOKEN_ISSUER: z.string().min(1).optional(),
  TEAMS_SERVICE_HOSTS: z.string().min(1).optional(),
  TEAMS_PREVIEW: z.enum(["on", "off"]),
});

export interface SlackConfig {
  botToken: string;
  /** At least one of these two. */
  appToken: string | undefined;
  signingSecret: string | undefined;
  apiUrl: string | undefined;
}

export interface TeamsConfig {
  /** null: nobody signs; only on loopback. */
  appId: string | null;
  password: string | undefined;
  type: "SingleTenant" | "MultiTenant" | "UserAssignedMSI";
  tenantId: string | undefined;
  tenants: readonly string[];
  metadataUrl: string | undefined;
  issuer: string | undefined;
  serviceHosts: string | undefined;
  /** What Teams has in preview: answers to one person in a channel, commands behind a slash. */
  preview: boolean;
}

export interface Config {
  host: string;
  port: number;
  publicUrl: URL | undefined;
  page: boolean;
  metricsToken: string | undefined;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  dnsServers: readonly string[] | undefined;
  dnsAllow: readonly string[];
  /** "sqlite:…" or "postgres://…"; may hold a password. */
  databaseUrl: string | undefined;
  /** The person's folder for what programs remember (XDG Base Directory Specification). */
  stateFolder: string;
  /** Milliseconds that the buttons of a triage live. */
  keepMs: number;
  /** Without it Slack is not even loaded. */
  slack: SlackConfig | undefined;
  /** Without it Teams is not even loaded. */
  teams: TeamsConfig | undefined;
}

/** Whether an address or name to serve on is this machine's own. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Reads the environment; an empty value counts as not set. What cannot be used is told in one line a key, without its value. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): { ok: true; config: Config } | { ok: false; problems: string[] } {
  const raw: Record<string, string> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== "") raw[name] = value;
    else if (setting.default !== null) raw[name] = setting.default;
  }
  const read = schema.safeParse(raw);
  if (!read.success)
    return {
      ok: false,
      problems: read.error.issues.map(({ path }) => {
        const name = String(path[0]) as SettingName;
        return `${name} cannot be used. ${SETTINGS[name].help}`;
      }),
    };
  const { HOST, PORT, PUBLIC_URL, PAGE, METRICS_TOKEN, LOG_LEVEL, DNS_SERVERS, DNS_ALLOW, DATABASE_URL } =
    read.data;
  const slack = readSlack(read.data);
  if (!slack.ok) return slack;
  const teams = readTeams(read.data);
  if (!teams.ok) return teams;
  return {
    ok: true,
    config: {
      host: HOST,
      port: PORT,
      publicUrl: PUBLIC_URL === undefined ? undefined : new URL(PUBLIC_URL),
      page: PAGE === undefined ? isLoopbackHost(HOST) : PAGE === "on",
      metricsToken: METRICS_TOKEN,
      logLevel: LOG_LEVEL,
      dnsServers: DNS_SERVERS,
      dnsAllow: DNS_ALLOW ?? [],
      databaseUrl: DATABASE_URL,
      stateFolder: environment["XDG_STATE_HOME"] ?? `${environment["HOME"] ?? "."}/.local/state`,
      keepMs: read.data.TRIAGE_RETENTION,
      slack: slack.slack,
      teams: teams.teams,
    },
  };
}

/** Slack's settings stand together or not at all: half of them would look like Slack and answer nobody. */
function readSlack({
  SLACK_BOT_TOKEN: botToken,
  SLACK_APP_TOKEN: appToken,
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: apiUrl,
}: z.output<typeof schema>):
  { ok: true; slack: SlackConfig | undefined } | { ok: false; problems: string[] } {
  if (botToken !== undefined && (appToken !== undefined || signingSecret !== undefined))
    return { ok: true, slack: { botToken, appToken, signingSecret, apiUrl } };
  if (botToken === undefined && appToken === undefined && signingSecret === undefined)
    return { ok: true, slack: undefined };
  const needed = botToken === undefined ? ["SLACK_BOT_TOKEN"] : ["SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"];
  return {
    ok: false,
    problems: needed.map((name) => `${name} is missing: Slack needs it beside what is set.`),
  };
}

/** Teams' settings: an application with all that it needs, or none at all, and then on loopback alone. */
function readTeams(
  read: z.output<typeof schema>,
): { ok: true; teams: TeamsConfig | undefined } | { ok: false; problems: string[] } {
  const { HOST, MicrosoftAppId, MicrosoftAppPassword: password, MicrosoftAppType: type } = read;
  const { MicrosoftAppTenantId: tenantId, TEAMS_TENANTS: tenants } = read;
  const { TEAMS_OPENID_METADATA_URL: metadataUrl, TEAMS_TOKEN_ISSUER: issuer } = read;
  const { TEAMS_SERVICE_HOSTS: serviceHosts } = read;
  const preview = read.TEAMS_PREVIEW === "on";
  const known = { password, type, tenantId, tenants: tenants ?? [], metadataUrl, issuer, serviceHosts };
  const teams = { ...known, preview };
  const isMeant = [password, tenantId, tenants, metadataUrl, issuer, serviceHosts].some(
    (value) => value !== undefined,
  );
  if (MicrosoftAppId === undefined) {
    if (!isMeant) return { ok: true, teams: undefined };
    if (isLoopbackHost(HOST) && password === undefined) return { ok: true, teams: { ...teams, appId: null } };
    const why = "without it anybody could ask, so Teams starts without it on loopback alone.";
    return { ok: false, problems: [`MicrosoftAppId is missing: ${why}`] };
  }
  const needed = [
    ...(password === undefined && type !== "UserAssignedMSI" ? ["MicrosoftAppPassword"] : []),
    ...(tenantId === undefined && type !== "MultiTenant" ? ["MicrosoftAppTenantId"] : []),
  ];
  if (needed.length === 0) return { ok: true, teams: { ...teams, appId: MicrosoftAppId } };
  return {
    ok: false,
    problems: needed.map((name) => `${name} is missing: Teams needs it with MicrosoftAppType=${type}.`),
  };
}
