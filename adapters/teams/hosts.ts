/** Which hosts Teams' own services have: where answers may go with our token, and where files are fetched from. */

/** A host that is allowed. `isBelow`: every name below it and not itself ("*.botframework.com"). */
export interface ServiceHost {
  name: string;
  isBelow: boolean;
  /** Only this port; null for the scheme's own, and on loopback for any. */
  port: string | null;
  /** Without TLS too: this machine. */
  isLoopback: boolean;
}

export type ServiceHosts = readonly ServiceHost[];

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/;
const ENTRY = /^(\*\.)?(\[::1\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d{1,5}))?$/;

/** The public cloud's. Source: reference B5. */
export const SERVICE_HOSTS: ServiceHosts = ["smba.trafficmanager.net", "*.botframework.com"].map(hostOf);

/** Where Teams keeps what people send in a personal chat: OneDrive and SharePoint of the public cloud and of the governments'. */
const FILE_HOSTS: ServiceHosts = ["*.sharepoint.com", "*.sharepoint.us", "*.sharepoint-mil.us"].map(hostOf);

/** Whether the host of a URL is this machine, by its name or address. */
export function isLoopbackName(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

function hostOf(entry: string): ServiceHost {
  const [, star, name, port] = ENTRY.exec(entry) ?? [];
  if (name === undefined) throw new TypeError("not a host");
  return { name, isBelow: star !== undefined, port: port ?? null, isLoopback: isLoopbackName(name) };
}

/**
 * The setting TEAMS_SERVICE_HOSTS: hosts apart by commas or spaces, "*." before one for all names below it, ":port" behind one.
 * null where an entry is no host, or where a star stands for a whole top-level domain.
 */
export function readServiceHosts(setting: string): ServiceHosts | null {
  const entries = setting
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "");
  const isHost = (entry: string): boolean => ENTRY.test(entry) && !/^\*\.[^.]*$/.test(entry);
  return entries.length > 0 && entries.every(isHost) ? entries.map(hostOf) : null;
}

/** The URL's parts, where it is written plainly: no user, no backslash, nothing that a parser would mend. */
function parse(url: string): URL | null {
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(url)) return null;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== "" || parsed.password !== "") return null;
  // "https://a@b", "https://@b": the parser drops what is empty.
  return /^https?:\/\/[^/?#]*@/i.test(url) ? null : parsed;
}

function isOf({ protocol, hostname, port }: URL, host: ServiceHost): boolean {
  const isNamed = host.isBelow ? hostname.endsWith(`.${host.name}`) : hostname === host.name;
  if (!isNamed) return false;
  if (protocol !== "https:" && !host.isLoopback) return false;
  return host.port === null ? host.isLoopback || port === "" : port === host.port;
}

/** Whether answers, and our token with them, may go there: https and a host of the list, label by label; http on a named loopback. */
export function isServiceUrl(url: string, hosts: ServiceHosts): boolean {
  const parsed = parse(url);
  if (parsed === null || parsed.search !== "" || parsed.hash !== "") return false;
  return hosts.some((host) => isOf(parsed, host));
}

/** Whether a file that was offered lies where Teams keeps files. */
export function isFileUrl(url: string): boolean {
  const parsed = parse(url);
  return parsed !== null && FILE_HOSTS.some((host) => isOf(parsed, host));
}
