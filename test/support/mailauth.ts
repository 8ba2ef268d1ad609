/** mailauth 7 in strict mode: the peer beside which verdicts are compared and evaluations are measured. */
import { spf } from "mailauth/lib/spf/index.js";
import type { Answer, Dns, RecordType } from "../../src/ports.ts";

export type MailauthResolver = (name: string, type: string) => Promise<unknown[]>;

/** What `node:dns` would give for an answer: the form in which mailauth takes it. */
function resolved(answer: Answer<unknown>, type: string): unknown[] | Error {
  if (answer.kind !== "records") {
    const code = answer.kind === "failed" ? "ETIMEOUT" : answer.why === "nxdomain" ? "ENOTFOUND" : "ENODATA";
    return Object.assign(new Error(code), { code });
  }
  if (type === "TXT")
    return (answer.records as Uint8Array[][]).map((strings) =>
      strings.map((each) => Buffer.from(each).toString("latin1")),
    );
  if (type !== "MX") return [...answer.records];
  return (answer.records as { preference: number; exchange: string }[]).map(({ preference, exchange }) => ({
    priority: preference,
    exchange,
  }));
}

/** A resolver over a Dns. Each answer is converted once, so that the conversion is not charged to mailauth. */
export function resolverOf(dns: Dns): MailauthResolver {
  const known = new Map<string, unknown[] | Error>();
  return async (name, type) => {
    const key = `${type} ${name}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = resolved(await dns.ask({ name, type: type as RecordType }), type);
      known.set(key, answer);
    }
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

/** The result for a client of postmaster@DOMAIN. */
export async function mailauthResult(
  domain: string,
  ip: string,
  resolver: MailauthResolver,
): Promise<string> {
  const sender = `postmaster@${domain}`;
  const options = { sender, ip, helo: `mail.${domain}`, mta: "unknown", strict: true, resolver };
  const { status } = (await spf(options as never)) as { status: { result: string } };
  return status.result;
}
