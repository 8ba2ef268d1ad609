/** Replies and reports as servers write them, none of them out of the suite: what is told is right, or says that it does not know. */
import { describe, expect, it } from "vitest";
import { verdictOf } from "./suite.ts";

interface Sample {
  name: string;
  /** What may be said. */
  causes: readonly string[];
  text: string;
}

const SAMPLES: readonly Sample[] = [
  {
    name: "Exim: no such person",
    causes: ["unknown-user"],
    text: `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  pat@customer.example
    host mx1.customer.example [192.0.2.14]
    SMTP error from remote mail server after RCPT TO:<pat@customer.example>:
    550 5.1.1 <pat@customer.example>: Recipient address rejected: User unknown in virtual mailbox table`,
  },
  {
    name: "Exim: SPF by its own words",
    causes: ["spf.fail"],
    text: `SMTP error from remote mail server after MAIL FROM:<news@shop.example>: 550 SPF check failed: 203.0.113.5 is not allowed to send mail from shop.example`,
  },
  {
    name: "Exim: callout",
    causes: ["sender-domain", "unknown-user"],
    text: `H=out.shop.example [203.0.113.5] F=<news@shop.example> rejected RCPT <info@customer.example>: Sender verify failed`,
  },
  {
    name: "qmail: over quota",
    causes: ["mailbox-full"],
    text: `Hi. This is the qmail-send program at mx.customer.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<pat@customer.example>:
mailbox is full: retry timeout exceeded (#5.2.2)`,
  },
  {
    name: "Exchange on premises: relay",
    causes: ["relaying-denied"],
    text: `Diagnostic information for administrators:

Generating server: EX01.corp.example

pat@customer.example
#550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain ##`,
  },
  {
    name: "Exchange Online: DMARC with the receiver's policy",
    causes: ["dmarc.policy"],
    text: `mx1.customer.example rejected your message to the following email addresses:
pat@customer.example
mx1.customer.example gave this error:
Rejected: message from domain shop.example failed DMARC policy p=reject
Remote Server returned '550 5.7.1 DMARC policy violation'`,
  },
  {
    name: "Exchange Online: 5.7.23",
    causes: ["spf.fail", "unauthenticated"],
    text: `550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.1 SPF MAIL FROM check failed: The domain shop.example explicitly disallows this host`,
  },
  {
    name: "Exchange Online: the tenant is not attributed",
    causes: ["relaying-denied", "policy.other", "routing"],
    text: `550 5.7.64 TenantAttribution; Relay Access Denied [DB5EUR03FT012.eop-EUR03.prod.protection.outlook.com]`,
  },
  {
    name: "Exchange Online: address not found",
    causes: ["unknown-user"],
    text: `Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient pat@customer.example not found by SMTP address lookup'`,
  },
  {
    name: "Exchange Online: message too large",
    causes: ["too-large"],
    text: `Remote Server returned '550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient'`,
  },
  {
    name: "Postfix log: greylisted",
    causes: ["greylisted"],
    text: `Nov 12 08:14:02 mx postfix/smtp[9121]: 4F1B22C0: to=<pat@customer.example>, relay=mx.customer.example[192.0.2.4]:25, delay=2.1, dsn=4.7.1, status=deferred (host mx.customer.example[192.0.2.4] said: 450 4.7.1 <pat@customer.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/customer.example.html (in reply to RCPT TO command))`,
  },
  {
    name: "Postfix log: no TLS",
    causes: ["tls.required"],
    text: `Nov 12 08:14:02 mx postfix/smtp[9121]: 4F1B22C0: to=<pat@customer.example>, relay=mx.customer.example[192.0.2.4]:25, delay=2.1, dsn=5.7.0, status=bounced (host mx.customer.example[192.0.2.4] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command))`,
  },
  {
    name: "Postfix log: nobody answers",
    causes: ["routing", "receiver-fault"],
    text: `postfix/smtp[221]: 9A2: to=<pat@customer.example>, relay=none, delay=86411, dsn=4.4.1, status=deferred (connect to mx.customer.example[192.0.2.4]:25: Connection timed out)`,
  },
  {
    name: "Postfix log: HELO",
    causes: ["helo.bad"],
    text: `NOQUEUE: reject: RCPT from unknown[203.0.113.5]: 504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname; from=<a@shop.example> to=<pat@customer.example> proto=ESMTP helo=<localhost>`,
  },
  {
    name: "Postfix log: reverse DNS",
    causes: ["rdns.missing"],
    text: `NOQUEUE: reject: RCPT from unknown[203.0.113.5]: 450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.5]; from=<a@shop.example> to=<pat@customer.example> proto=ESMTP helo=<mail.shop.example>`,
  },
  {
    name: "Gmail: rate of one sender",
    causes: ["rate-limited"],
    text: `421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your SPF domain [shop.example]. To protect our users from spam, mail sent from your domain has been temporarily rate limited. For more information, go to 421 4.7.28 https://support.google.com/mail/?p=UnsolicitedRateLimitError - gsmtp`,
  },
  {
    name: "Gmail: no PTR",
    causes: ["rdns.missing"],
    text: `550-5.7.25 [203.0.113.5] The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not match the sending IP. As a policy, Gmail does not accept messages from IPs with missing PTR records. - gsmtp`,
  },
  {
    name: "Gmail: no TLS",
    causes: ["tls.required"],
    text: `550-5.7.29 This mail has been rate limited because it was not sent over a TLS connection. Gmail requires all bulk email senders to use TLS/SSL for SMTP connections. 550 5.7.29 https://support.google.com/a/answer/81126 - gsmtp`,
  },
  {
    name: "Gmail: inbox full",
    causes: ["mailbox-full"],
    text: `452-4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to 452 4.2.2 https://support.google.com/mail/?p=OverQuotaTemp - gsmtp`,
  },
  {
    name: "Yahoo: deferred for complaints",
    causes: ["reputation.ip", "rate-limited"],
    text: `421 4.7.0 [TSS04] Messages from 203.0.113.5 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes`,
  },
  {
    name: "Yahoo: DMARC",
    causes: ["dmarc.policy"],
    text: `554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes`,
  },
  {
    name: "iCloud: content",
    causes: ["content", "policy.other", "reputation.ip"],
    text: `554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137`,
  },
  {
    name: "iCloud: full",
    causes: ["mailbox-full"],
    text: `552 5.2.2 <pat@icloud.com>: user is over quota`,
  },
  {
    name: "Proofpoint: block",
    causes: ["reputation.ip"],
    text: `554 Blocked - see https://ipcheck.proofpoint.com/?ip=203.0.113.5`,
  },
  {
    name: "Mimecast: anti-spoofing",
    causes: ["spoof", "policy.other", "dmarc.policy", "spf.fail"],
    text: `550 Rejected by header based Anti-Spoofing policy: ceo@corp.example - https://community.mimecast.com/docs/DOC-1369#550 [aBcDeFgHiJkLmNoPqR.us12]`,
  },
  {
    name: "Mimecast: greylisting",
    causes: ["greylisted"],
    text: `451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451 [aBcDeFgHiJkLmNoPqR.us12]`,
  },
  {
    name: "Barracuda: reputation",
    causes: ["reputation.ip"],
    text: `554 Service unavailable; Client host [out.shop.example] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=203.0.113.5`,
  },
  {
    name: "Cisco: SBRS",
    causes: ["reputation.ip"],
    text: `554-mx1.customer.example
554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.`,
  },
  {
    name: "GMX: SPF",
    causes: ["spf.fail", "dmarc.policy", "unauthenticated"],
    text: `550-Requested action not taken: mailbox unavailable
550-Reject due to SPF policy.
550 For explanation visit https://postmaster.gmx.net/en/case?c=r0301&i=ip&v=203.0.113.5&r=0M`,
  },
  {
    name: "Orange: too many",
    causes: ["rate-limited", "reputation.ip"],
    text: `421 opmta1mti01nd1 smtp.orange.fr Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR_108 [108]`,
  },
  {
    name: "mail.ru: DMARC",
    causes: ["dmarc.policy"],
    text: `550 5.7.1 This message was not accepted due to domain owner DMARC policy (shop.example). Full explanation at http://help.mail.ru/notspam-support/dmarc`,
  },
  {
    name: "QQ: no such user",
    causes: ["unknown-user", "policy.other"],
    text: `550 Mailbox unavailable or access denied [MoBGVmVxLCfF0WIbRWY= IP: 203.0.113.5]. https://open.work.weixin.qq.com/help2/pc/20049.`,
  },
  {
    name: "Amazon SES: suppressed",
    causes: ["sender-blocked", "policy.other", "unknown-user"],
    text: `{"notificationType":"Bounce","bounce":{"feedbackId":"01","bounceType":"Permanent","bounceSubType":"Suppressed","bouncedRecipients":[{"emailAddress":"pat@customer.example","action":"failed","status":"5.1.1","diagnosticCode":"Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address."}],"timestamp":"2026-11-12T08:14:02.000Z"}}`,
  },
  {
    name: "Amazon SES: DKIM is not set up",
    causes: ["auth-required", "unauthenticated", "policy.other", "sender-domain"],
    text: `554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: news@shop.example`,
  },
  {
    name: "SendGrid: event",
    causes: ["mailbox-full"],
    text: `{"email":"pat@customer.example","event":"bounce","type":"blocked","status":"5.2.2","reason":"552 5.2.2 The email account that you tried to reach is over quota and inactive","smtp-id":"<x@ismtpd>","timestamp":1794472442}`,
  },
  {
    name: "Mailgun: event",
    causes: ["dmarc.policy", "unauthenticated"],
    text: `{"event":"failed","severity":"permanent","delivery-status":{"code":550,"enhanced-code":"5.7.26","message":"5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.","mx-host":"gmail-smtp-in.l.google.com"}}`,
  },
  {
    name: "Postmark: hard bounce",
    causes: ["unknown-user"],
    text: `{"RecordType":"Bounce","Type":"HardBounce","TypeCode":1,"Details":"smtp;550 5.1.1 The email account that you tried to reach does not exist.","Email":"pat@customer.example","From":"news@shop.example"}`,
  },
  {
    name: "Outlook.com: block list of its own",
    causes: ["reputation.ip"],
    text: `550 5.7.1 Unfortunately, messages from [203.0.113.5] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors. [Name=Protocol Filter Agent][AGT=PFA]`,
  },
  {
    name: "Zoho: too many",
    causes: ["rate-limited", "reputation.ip", "policy.other", "content"],
    text: `550 5.4.6 Unusual sending activity detected. Please try after sometime.`,
  },
  {
    name: "OpenDKIM: a signature that does not verify",
    causes: ["dkim.signature", "dkim.body-hash"],
    text: `550 5.7.0 bad DKIM signature data`,
  },
  {
    name: "OpenDMARC: reject",
    causes: ["dmarc.policy"],
    text: `550 5.7.1 rejected by DMARC policy for shop.example`,
  },
  {
    name: "rspamd: SPF and DKIM",
    causes: ["unauthenticated", "dmarc.policy", "spf.fail", "content"],
    text: `554 5.7.1 Matched map: SPF_FAIL_DKIM_FAIL; message rejected`,
  },
  {
    name: "T-Online: no contact",
    causes: ["reputation.ip", "policy.other", "rdns.missing"],
    text: `554 IP=203.0.113.5 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset. (NOWL)`,
  },
  {
    name: "Comcast: not in PTR",
    causes: ["rdns.missing"],
    text: `554 resimta-po-12v.sys.comcast.net comcast 203.0.113.5 Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry. Currently your mail server does not fill that requirement. For more information, refer to: http://postmaster.comcast.net/smtp-error-codes.php#554`,
  },
];

const VAGUE: ReadonlySet<string> = new Set(["unknown", "not-a-bounce", "policy.other"]);

describe("a reply out of the field", () => {
  it.each(SAMPLES)("$name is told rightly, or vaguely", ({ text, causes }) => {
    const { cause, confidence } = verdictOf(text);
    const isVague = VAGUE.has(cause) || confidence === "guess";
    expect(isVague || causes.includes(cause), `${cause} (${confidence})`).toBe(true);
  });

  it("is mostly told rightly", () => {
    const missed = SAMPLES.filter(({ text, causes }) => !causes.includes(verdictOf(text).cause));
    console.log(`${String(SAMPLES.length - missed.length)} of ${String(SAMPLES.length)}`);
    console.log(missed.map(({ name, text }) => `${name}: ${verdictOf(text).cause}`).join("\n"));
    expect(missed.length).toBeLessThanOrEqual(SAMPLES.length / 10);
  });
});
