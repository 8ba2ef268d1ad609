/** What each cause of `triage` is in plain words, who has to act, and what to do: one line a cause, so that none is missing. */
import type { TriageData } from "../results/triage.ts";
import { say, type Sentence } from "../text/say.ts";

type Cause = TriageData["cause"];

/** The names a sentence is about; foreign ones as code, or our own words where nothing is known. */
export interface About {
  /** "`example.com`" or "the sender's domain". */
  domain: Sentence;
  /** "`192.0.2.1`" or "the sending address". */
  ip: Sentence;
}

interface CauseText {
  /** What broke, one sentence without its full stop. */
  what: (about: About) => Sentence;
  /** What to do now. */
  next: (about: About) => Sentence;
}

const DKIM_ON = (domain: Sentence): Sentence =>
  say`Switch DKIM on with ${domain} as the signing domain, at whoever sends this mail.`;

export const CAUSE_TEXTS: Record<Cause, CauseText> = {
  "spf.fail": {
    what: ({ domain, ip }) => say`SPF fails: the SPF record of ${domain} does not let ${ip} send`,
    next: ({ domain, ip }) =>
      say`If ${ip} is yours, add it or its provider to the SPF record of ${domain}; if not, somebody else used the name.`,
  },
  "spf.permerror": {
    what: ({ domain }) => say`SPF is broken: the SPF record of ${domain} cannot be evaluated`,
    next: ({ domain }) => say`Mend the SPF record of ${domain}; the SPF check shows where it breaks.`,
  },
  "spf.temperror": {
    what: ({ domain }) => say`The receiver could not look up the records of ${domain} at that moment`,
    next: ({ domain }) =>
      say`Nothing, if the retry passes. If it happens again, check the name servers of ${domain}.`,
  },
  "spf.missing": {
    what: ({ domain }) => say`${domain} has no SPF record`,
    next: ({ domain }) => say`Publish an SPF record at ${domain} that names its senders.`,
  },
  "spf.softfail": {
    what: ({ domain, ip }) =>
      say`SPF does not vouch for ${ip}: the record of ${domain} only says softfail or neutral`,
    next: ({ domain, ip }) => say`If ${ip} is yours, add it or its provider to the SPF record of ${domain}.`,
  },
  "spf.alignment": {
    what: ({ domain }) => say`SPF passes, but for another domain than ${domain} in From`,
    next: ({ domain }) =>
      say`Let the sending system use a return path below ${domain}, or sign with DKIM as ${domain}.`,
  },
  "dkim.missing": {
    what: ({ domain }) => say`The message has no DKIM signature of ${domain}`,
    next: ({ domain }) => DKIM_ON(domain),
  },
  "dkim.body-hash": {
    what: ({ domain }) => say`DKIM breaks: the body was changed after ${domain} signed it`,
    next: () =>
      say`Find what changes the message after signing (a footer, a filter, a disclaimer), or sign after it.`,
  },
  "dkim.signature": {
    what: ({ domain }) => say`DKIM breaks: the signature of ${domain} does not verify`,
    next: ({ domain }) =>
      say`Compare the key in DNS of ${domain} with the one that signs; if they agree, something changed a header on the way.`,
  },
  "dkim.key-missing": {
    what: ({ domain }) => say`DKIM breaks: there is no key of ${domain} at the signature's selector`,
    next: ({ domain }) => say`Publish the key that the sending system shows at its selector below ${domain}.`,
  },
  "dkim.key-revoked": {
    what: ({ domain }) => say`DKIM breaks: ${domain} took back the key that signed`,
    next: () => say`Let the sending system sign with the current key and its selector.`,
  },
  "dkim.key-weak": {
    what: ({ domain }) =>
      say`DKIM does not count: the key of ${domain} is too short, or its algorithm is retired`,
    next: ({ domain }) =>
      say`Make a new RSA key of 2,048 bits, publish it below ${domain}, and sign with it.`,
  },
  "dkim.expired": {
    what: ({ domain }) => say`DKIM does not count: the signature of ${domain} had expired`,
    next: () => say`Find out what held the message up, and let signatures live longer or leave x= out.`,
  },
  "dkim.alignment": {
    what: ({ domain }) => say`DKIM passes, but for another domain than ${domain} in From`,
    next: ({ domain }) => DKIM_ON(domain),
  },
  unauthenticated: {
    what: ({ domain }) => say`Neither SPF nor DKIM passes for ${domain}`,
    next: ({ domain }) => say`Set ${domain} up at whoever sends this mail: its SPF term and its DKIM key.`,
  },
  "dmarc.policy": {
    what: ({ domain }) => say`DMARC fails: the policy of ${domain} asks to refuse what is not authenticated`,
    next: ({ domain }) =>
      say`Make SPF or DKIM pass for ${domain} itself at whoever sends this mail; the policy is right to stay.`,
  },
  "dmarc.missing": {
    what: ({ domain }) => say`The receiver wants a DMARC record, and ${domain} has none that it can use`,
    next: ({ domain }) => say`Publish a DMARC record for ${domain}; p=none is enough to begin with.`,
  },
  "dmarc.bulk-requirement": {
    what: ({ domain }) =>
      say`The receiver asks bulk senders for SPF, DKIM and DMARC, and ${domain} does not have all of them`,
    next: ({ domain }) => say`Complete SPF, DKIM and DMARC of ${domain}; the check shows which is missing.`,
  },
  forwarded: {
    what: () => say`It was right when it left; a mailing list or forwarder changed it on the way`,
    next: ({ domain }) =>
      say`The forwarder has to rewrite From or seal with ARC. DNS of ${domain} needs no change; a DKIM signature survives plain forwarding.`,
  },
  spoof: {
    what: ({ domain }) => say`Likely forged: it was not sent by the systems of ${domain}`,
    next: ({ domain }) =>
      say`Do not let it through. An enforced DMARC policy on ${domain} has such mail refused.`,
  },
  "arc.broken": {
    what: () => say`The ARC chain that a forwarder began does not verify`,
    next: () => say`The forwarder whose seal broke has to mend its signing.`,
  },
  "rdns.missing": {
    what: ({ ip }) => say`${ip} has no host name that leads back to it (reverse DNS)`,
    next: ({ ip }) => say`Have whoever owns ${ip} set a PTR record to a host name with that very address.`,
  },
  "helo.bad": {
    what: () => say`The sending server introduces itself with a name that is none (HELO)`,
    next: () => say`Set the server's HELO name to its own host name, one that resolves to its address.`,
  },
  "tls.required": {
    what: () => say`One side demands an encrypted connection (TLS) and did not get it`,
    next: () => say`Check STARTTLS, certificate and TLS versions on both sides.`,
  },
  "reputation.ip": {
    what: ({ ip }) => say`${ip} is on a blocklist or has a bad name; authentication is not the trouble`,
    next: ({ ip }) =>
      say`Find out why ${ip} is listed, stop that, then ask for removal; or send from another address.`,
  },
  "reputation.domain": {
    what: ({ domain }) =>
      say`A domain in the message has a bad name (${domain}, or a link); authentication is not the trouble`,
    next: () => say`Look the domain up at the list that the text names, clean up, and ask for removal.`,
  },
  "rate-limited": {
    what: () => say`Too much mail in too short a time; authentication is not the trouble`,
    next: () => say`Send slower; the queue retries by itself.`,
  },
  content: {
    what: () => say`A filter refused the content; authentication is not the trouble`,
    next: () => say`Look at wording, links and attachments, or ask the receiver what its filter saw.`,
  },
  "unknown-user": {
    what: () => say`There is no such mailbox; authentication is not the trouble`,
    next: () => say`Check the address with the recipient by another way.`,
  },
  "mailbox-full": {
    what: () => say`The recipient's mailbox is full; authentication is not the trouble`,
    next: () => say`Tell the recipient by another way, and send again later.`,
  },
  "relaying-denied": {
    what: () => say`The server does not take mail for that domain, or not from this client`,
    next: () => say`Check the recipient domain's MX and which server the mail is handed to.`,
  },
  "sender-blocked": {
    what: () =>
      say`The sender is blocked by the provider or by the recipient; authentication is not the trouble`,
    next: () => say`Have the block lifted where the text says it was set.`,
  },
  "too-large": {
    what: () => say`The message is too large`,
    next: () => say`Send a link instead of the attachment.`,
  },
  routing: {
    what: () => say`The mail could not be brought to a server: no host, no route, or no answer`,
    next: () => say`Check the recipient's domain name and its MX records.`,
  },
  greylisted: {
    what: () => say`Put off on purpose; the next try passes`,
    next: () => say`Wait for the retry.`,
  },
  "auth-required": {
    what: () =>
      say`The login to the mail server is missing or wrong (SMTP AUTH); SPF, DKIM and DMARC play no part`,
    next: () => say`Check user name, password and whether the account may send as this address.`,
  },
  "sender-domain": {
    what: ({ domain }) =>
      say`The sender's domain or address is not usable: ${domain} has no records for mail, or a call back was refused`,
    next: ({ domain }) =>
      say`Check MX and address records of ${domain}, and that the sender's address exists.`,
  },
  malformed: {
    what: () => say`The message or the dialogue breaks the rules of mail`,
    next: () => say`Let the program that writes the message mend its form; the text says which rule.`,
  },
  "receiver-fault": {
    what: () => say`Trouble at the receiver; nothing is wrong with the message`,
    next: () => say`Wait for the retry; tell the receiver if it lasts.`,
  },
  "policy.other": {
    what: () => say`A rule of the receiver's own refused it; authentication is not the trouble`,
    next: () => say`Ask the receiver for an exception, or keep to the rule the text names.`,
  },
  passed: {
    what: () => say`Nothing failed: authentication passed`,
    next: () => say`Nothing to do for authentication. If it went to spam, ask the receiver why.`,
  },
  "not-a-bounce": {
    what: () => say`This is no report of a failure`,
    next: () => say`Nothing to do. Paste the bounce, the log line or the headers of the message that failed.`,
  },
  unknown: {
    what: () => say`Something failed, but this text does not say what`,
    next: () => say`Paste more: the whole bounce with its 5xx line, or all headers of the message.`,
  },
};

type Actor = NonNullable<TriageData["actor"]>;

/** Who acts, as a sentence of its own. */
export const ACTOR_TEXTS: Record<Actor | "unknown", (about: About) => Sentence> = {
  "sender-dns-admin": ({ domain }) => say`To act: whoever edits the DNS of ${domain}.`,
  "sender-mail-admin": ({ domain }) => say`To act: whoever runs the system that sends as ${domain}.`,
  "sending-provider": ({ ip }) => say`To act: the provider that owns ${ip}.`,
  sender: () => say`To act: the person who wrote the mail.`,
  receiver: () => say`To act: the receiver's mail administrators.`,
  recipient: () => say`To act: the recipient.`,
  forwarder: () => say`To act: whoever runs the list or forwarder in between.`,
  nobody: () => say`Nobody has to act.`,
  unknown: () => say`Who has to act cannot be told from this.`,
};

/** The same as a label. */
export const ACTOR_WORDS: Record<Actor | "unknown", string> = {
  "sender-dns-admin": "DNS admin of the sending domain",
  "sender-mail-admin": "admin of the sending system",
  "sending-provider": "provider of the sending address",
  sender: "author of the mail",
  receiver: "receiver's admins",
  recipient: "recipient",
  forwarder: "forwarder or list",
  nobody: "nobody",
  unknown: "cannot be told",
};
