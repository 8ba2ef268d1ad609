/** What the MX check says. */
import { finding } from "../../finding.ts";
import type { FailureReason } from "../../ports.ts";
import { code, codes, plural, say, type Sentence } from "../../text/say.ts";

/** `use` is our own words (`reservedUse`). */
interface NotPublic extends Record<string, unknown> {
  host: string;
  address: string;
  use: Sentence;
}

export const MX_TEXTS = {
  "mx.null": finding<{ domain: string }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} accepts no mail: it has a null MX.`,
    why: () =>
      say`Mail to it is refused at once. Receivers may also refuse mail from it, because no answer could come back.`,
    fix: () =>
      say`Nothing, if it neither receives nor sends mail. If it sends, name a host that takes the answers.`,
    ref: "RFC 7505 §3",
  }),
  "mx.null-preference": finding<{ domain: string; preference: number }>({
    severity: "info",
    title: ({ preference }) => say`The null MX has preference ${code(String(preference))} instead of 0.`,
    why: () =>
      say`A null MX is preference 0 and the name ${code(".")}; a strict sender may not take this for one.`,
    fix: () => say`Publish ${code("0 .")} instead.`,
    ref: "RFC 7505 §3",
  }),
  "mx.null-beside": finding<{ domain: string; hosts: string[] }>({
    severity: "error",
    title: ({ hosts }) => say`A null MX stands beside ${codes(hosts)}.`,
    why: () =>
      say`One record says that no mail is accepted, the others say where it goes. Some senders deliver, some refuse.`,
    fix: () =>
      say`Delete the record ${code("0 .")} if the domain receives mail; otherwise delete all the others.`,
    ref: "RFC 7505 §3",
  }),
  "mx.implicit": finding<{ domain: string; addresses: string[] }>({
    severity: "info",
    title: ({ domain }) => say`${code(domain)} has no MX record, so mail goes to its own address.`,
    why: ({ addresses }) =>
      say`Senders try port 25 of ${codes(addresses)}. Where nothing listens there, they try for days before they give up.`,
    fix: ({ domain }) =>
      say`Publish an MX record that names the mail host, or ${code("0 .")} if ${code(domain)} receives no mail.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.none": finding<{ domain: string; why: "nxdomain" | "nodata" }>({
    severity: "info",
    title: ({ domain, why }) =>
      why === "nxdomain"
        ? say`${code(domain)} does not exist, so it receives no mail.`
        : say`${code(domain)} receives no mail: it has neither an MX record nor an address.`,
    why: () =>
      say`Mail to it comes back at once. Receivers may also refuse mail from it, because no answer could come back.`,
    fix: () => say`If it is to receive mail, publish an MX record that names a host.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.alias": finding<{ host: string; target: string }>({
    severity: "warning",
    title: ({ host, target }) => say`The MX host ${code(host)} is an alias of ${code(target)}.`,
    why: () =>
      say`An MX record must name a host that has addresses itself; some senders do not follow the alias.`,
    fix: ({ target }) => say`Name ${code(target)} in the MX record, or give the host its own addresses.`,
    ref: "RFC 2181 §10.3",
  }),
  "mx.no-address": finding<{ host: string; why: "nxdomain" | "nodata" }>({
    severity: "warning",
    title: ({ host, why }) =>
      why === "nxdomain"
        ? say`The MX host ${code(host)} does not exist.`
        : say`The MX host ${code(host)} has no address.`,
    why: () => say`Senders that try it reach nobody and go on to the next host.`,
    fix: () => say`Correct the name, give it an address, or delete the record.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.unreachable": finding<{ domain: string; hosts: string[] }>({
    severity: "error",
    title: ({ hosts }) =>
      say`No mail can arrive: ${codes(hosts)} ${plural(hosts.length, "leads", "lead")} nowhere.`,
    why: ({ hosts }) =>
      hosts.length === 1
        ? say`The only MX host has no address that can be reached from outside.`
        : say`None of the ${hosts.length} MX hosts has an address that can be reached from outside.`,
    fix: () => say`Let an MX record name a host with a public address.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.literal": finding<{ host: string; address: string }>({
    severity: "warning",
    title: ({ host }) => say`An MX record names the address ${code(host)} instead of a host.`,
    why: () =>
      say`What an MX record holds is read as a name, and there is no such name. Senders reach nobody there.`,
    fix: ({ address }) =>
      say`Give ${code(address)} a name with an address record, and let the MX record name that.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.localhost": finding<{ host: string }>({
    severity: "warning",
    title: ({ host }) => say`An MX record names ${code(host)}.`,
    why: () =>
      say`To each sender that name is the sender itself, so the mail goes round in a circle or is refused.`,
    fix: () =>
      say`Name the mail host as others know it. To say that no mail is accepted, publish ${code("0 .")} alone.`,
    ref: "RFC 7505 §3",
  }),
  "mx.not-public": finding<NotPublic>({
    severity: "warning",
    title: ({ host, address, use }) => say`The MX host ${code(host)} has ${code(address)}, which is ${use}.`,
    why: () => say`Nobody outside can reach it, so senders that try it first are delayed or fail.`,
    fix: () => say`Publish the public address that mail arrives at.`,
    ref: "RFC 6890 §2.2",
  }),
  "mx.many": finding<{ domain: string; count: number; shown: number }>({
    severity: "info",
    title: ({ count }) => say`There are ${count} MX records.`,
    why: ({ shown }) =>
      say`Only the best ${shown} hosts were looked at here; senders seldom try more than a few.`,
    fix: () => say`Keep a handful of hosts.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.repeated": finding<{ host: string }>({
    severity: "info",
    title: ({ host }) => say`${code(host)} stands in more than one MX record.`,
    why: () => say`The second one changes nothing: senders try the same host again.`,
    fix: () => say`Keep the record with the best preference.`,
    ref: "RFC 5321 §5.1",
  }),
  "mx.failed": finding<{ name: string; type: string; why: FailureReason }>({
    severity: "unknown",
    title: ({ name, type }) => say`Could not check ${code(name)}: no answer for ${code(type)}.`,
    why: ({ why }) =>
      why === "budget"
        ? say`That is our own limit for one command, not a fault of the domain.`
        : say`DNS did not answer (${code(why)}). Whether the record is there is not known; senders that see the same try again later.`,
    fix: () => say`Try again. If it stays so, the name servers of that name have a problem.`,
    ref: "RFC 5321 §5.1",
  }),
};
