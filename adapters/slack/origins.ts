/** Which addresses are Slack's: no answer and no token goes to any other, even when a signed request names it. */

export interface Origins {
  /** Where an answer may be posted. */
  isResponseUrl(url: string): boolean;
  /** Where a file may be fetched from with our token. */
  isFileUrl(url: string): boolean;
}

/** Source: reference A1, A7; slack-gov.com is GovSlack's. */
const RESPONSE_ORIGINS = ["https://hooks.slack.com", "https://hooks.slack-gov.com"];
const FILE_ORIGINS = ["https://files.slack.com"];
/** UTF-16 units; Slack's own have about 100. */
const URL_MAX = 2_000;

/** `apiUrl` is SLACK_API_URL, whose origin is then Slack's too. Throws TypeError where it is no http(s) address. */
export function createOrigins(apiUrl: string | undefined): Origins {
  const own = apiUrl === undefined ? [] : [originOf(apiUrl)];
  const [isResponseUrl, isFileUrl] = [RESPONSE_ORIGINS, FILE_ORIGINS].map((origins) => {
    const allowed: ReadonlySet<string> = new Set([...origins, ...own]);
    return (url: string) => isAt(url, allowed);
  }) as [Origins["isResponseUrl"], Origins["isFileUrl"]];
  return { isResponseUrl, isFileUrl };
}

function originOf(apiUrl: string): string {
  const { origin, protocol } = new URL(apiUrl);
  // Other schemes have the origin "null", which would equal that of any `data:` address.
  if (protocol !== "https:" && protocol !== "http:")
    throw new TypeError("SLACK_API_URL is no http(s) address");
  return origin;
}

function isAt(url: string, allowed: ReadonlySet<string>): boolean {
  // The URL standard drops tabs and newlines and reads "\" as "/": what needs that is not Slack's.
  if (url.length > URL_MAX || /[\0-\x20\\\x7f]/.test(url) || !URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return username === "" && password === "" && allowed.has(origin);
}
