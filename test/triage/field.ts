/** Failing messages in the forms of real systems, composed from memory of those formats: none is taken from the suite, and none was at hand while the rules were written. */

export interface Sample {
  /** The system whose form it is. */
  of: string;
  text: string;
  /** Every cause that is right. */
  wanted: readonly string[];
}

const lines = (...all: string[]): string => all.join("\n");

/** What mail servers write. */
const SERVERS: readonly Sample[] = [
  {
    of: "Exim, mailbox over quota",
    text: lines(
      "This message was created automatically by mail delivery software.",
      "",
      "A message that you sent could not be delivered to one or more of its",
      "recipients. This is a permanent error. The following address(es) failed:",
      "",
      "  kim@client.example",
      "    host mail.client.example [198.51.100.20]",
      "    SMTP error from remote mail server after end of data:",
      "    552 5.2.2 <kim@client.example>: Mailbox size limit exceeded",
    ),
    wanted: ["mailbox-full"],
  },
  {
    of: "Exim, retry time over",
    text: lines(
      "A message that you sent could not be delivered to one or more of its",
      "recipients. This is a permanent error. The following address(es) failed:",
      "",
      "  ops@partner.example",
      "    host mx.partner.example [203.0.113.9]",
      "    Connection timed out: retry timeout exceeded",
    ),
    wanted: ["routing"],
  },
  {
    of: "Exim, unrouteable",
    text: lines(
      "The following address(es) failed:",
      "",
      "  sales@nosuch.example",
      "    all relevant MX records point to non-existent hosts",
    ),
    wanted: ["routing"],
  },
  {
    of: "qmail, no such mailbox",
    text: lines(
      "Hi. This is the qmail-send program at mail.shop.example.",
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      "",
      "<lee@vpopmail.example>:",
      "Sorry, no mailbox here by that name. (#5.1.1)",
    ),
    wanted: ["unknown-user"],
  },
  {
    of: "qmail, no host",
    text: lines(
      "Hi. This is the qmail-send program at mail.shop.example.",
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "",
      "<lee@tpyo.example>:",
      "Sorry, I couldn't find any host named tpyo.example. (#5.1.2)",
    ),
    wanted: ["routing"],
  },
  {
    of: "Postfix log, no PTR",
    text: "Nov 27 08:14:02 mx1 postfix/smtp[21877]: 4F2Qh: to=<a@corp.example>, relay=mx.corp.example[198.51.100.7]:25, delay=2.1, delays=0.1/0/1/1, dsn=4.7.1, status=deferred (host mx.corp.example[198.51.100.7] said: 450 4.7.1 Client host rejected: cannot find your reverse hostname, [203.0.113.44] (in reply to RCPT TO command))",
    wanted: ["rdns.missing"],
  },
  {
    of: "Postfix log, postgrey",
    text: "Nov 27 08:14:02 mx1 postfix/smtp[21877]: 4F2Qh: to=<a@corp.example>, relay=mx.corp.example[198.51.100.7]:25, dsn=4.2.0, status=deferred (host mx.corp.example[198.51.100.7] said: 450 4.2.0 <a@corp.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help (in reply to RCPT TO command))",
    wanted: ["greylisted"],
  },
  {
    of: "Postfix log, TLS required",
    text: "Nov 27 08:14:02 mx1 postfix/smtp[21877]: 4F2Qh: to=<a@bank.example>, relay=mx.bank.example[198.51.100.7]:25, dsn=5.7.0, status=bounced (host mx.bank.example[198.51.100.7] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command))",
    wanted: ["tls.required"],
  },
  {
    of: "policyd-spf at Postfix",
    text: "550 5.7.23 <b@corp.example>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=a@shop.example;ip=203.0.113.44;r=b@corp.example",
    wanted: ["spf.fail"],
  },
  {
    of: "OpenDMARC",
    text: "status=bounced (host mx.corp.example[198.51.100.7] said: 550 5.7.1 rejected by DMARC policy for shop.example (in reply to end of DATA command))",
    wanted: ["dmarc.policy"],
  },
  {
    of: "rspamd",
    text: "554 5.7.1 Spam message rejected; If this is not spam contact abuse at corp.example",
    wanted: ["content"],
  },
  {
    of: "Sendmail, user unknown",
    text: lines(
      "   ----- The following addresses had permanent fatal errors -----",
      "<pat@old.example>",
      "    (reason: 550 5.1.1 <pat@old.example>... User unknown)",
      "",
      "   ----- Transcript of session follows -----",
      "... while talking to mx.old.example.:",
      ">>> DATA",
      "<<< 550 5.1.1 <pat@old.example>... User unknown",
    ),
    wanted: ["unknown-user"],
  },
];

/** What mailbox providers write. */
const PROVIDERS: readonly Sample[] = [
  {
    of: "Exchange Online, HTML report as text",
    text: lines(
      "Your message to kim@tenant.example couldn't be delivered.",
      "kim wasn't found at tenant.example.",
      "a.user            Office 365            kim",
      "Action Required                          Recipient",
      "Unknown To address",
      "",
      "Diagnostic information for administrators:",
      "Generating server: DB9PR02MB1234.eurprd02.prod.outlook.com",
      "kim@tenant.example",
      "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient kim@tenant.example not found by SMTP address lookup'",
    ),
    wanted: ["unknown-user"],
  },
  {
    of: "Exchange Online, external forwarding off",
    text: "Remote Server returned '550 5.7.520 Access denied, Your organization does not allow external forwarding. Please contact your administrator for further assistance. AS(7555)'",
    wanted: ["policy.other"],
  },
  {
    of: "Exchange on-prem, not allowed to send to the group",
    text: lines(
      "Delivery has failed to these recipients or groups:",
      "",
      "All Staff (staff@corp.example)",
      "Your message can't be delivered because delivery to this address is restricted.",
      "",
      "Diagnostic information for administrators:",
      "Generating server: EX01.corp.example",
      "staff@corp.example",
      "Remote Server returned '550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized'",
    ),
    wanted: ["policy.other"],
  },
  {
    of: "Exchange on-prem, hops",
    text: "Remote Server returned '554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [AM5EUR02FT012.eop-EUR02.prod.protection.outlook.com]'",
    wanted: ["routing"],
  },
  {
    of: "Exchange Online, DMARC",
    text: "550 5.7.509 Access denied, sending domain SHOP.EXAMPLE does not pass DMARC verification and has a DMARC policy of reject. [DB5EUR03FT041.eop-EUR03.prod.protection.outlook.com 2026-11-27T08:14:02.111Z 08DD0B2D]",
    wanted: ["dmarc.policy"],
  },
  {
    of: "Outlook.com, S3140",
    text: "550 5.7.1 Unfortunately, messages from [203.0.113.44] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
    wanted: ["reputation.ip"],
  },
  {
    of: "Google, message blocked",
    text: lines(
      "Message blocked",
      "Your message to kim@gmail.example has been blocked. See technical details below for more information.",
      "The response from the remote server was:",
      "550 5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy. Please contact the administrator of shop.example domain if this was a legitimate mail. To learn about the DMARC initiative, go to  https://support.google.com/mail/?p=DmarcRejection a640c23a62f3a-x.1 - gsmtp",
    ),
    wanted: ["dmarc.policy"],
  },
  {
    of: "Google, account over quota",
    text: "452 4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaTemp x-si123.4 - gsmtp",
    wanted: ["mailbox-full"],
  },
  {
    of: "Google, IPv6 without PTR",
    text: "550-5.7.25 [2001:db8::44] The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not point to the sending IP. As a policy, Gmail does not accept messages from IPs with missing PTR records. gsmtp",
    wanted: ["rdns.missing"],
  },
  {
    of: "Yahoo, TSS04",
    text: "421 4.7.0 [TSS04] Messages from 203.0.113.44 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
    wanted: ["rate-limited", "reputation.ip"],
  },
  {
    of: "Yahoo, disabled",
    text: "554 delivery error: dd This user doesn't have a yahoo.com account (lee@yahoo.com) [-1] - mta4102.mail.bf1.yahoo.com",
    wanted: ["unknown-user"],
  },
  {
    of: "iCloud, policy",
    text: "554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137",
    wanted: ["content", "policy.other", "reputation.ip"],
  },
  {
    of: "iCloud, DMARC",
    text: "554 5.7.1 [HM08] Message rejected due to local policy: shop.example DMARC policy is reject, and the message failed DMARC.",
    wanted: ["dmarc.policy"],
  },
  {
    of: "GMX, DMARC",
    text: "554-Transaction failed\n554-Reject due to policy restrictions.\n554 For explanation visit https://postmaster.gmx.net/en/case?c=r0601&i=ip&v=203.0.113.44&r=0M",
    wanted: ["dmarc.policy", "policy.other", "unauthenticated"],
  },
  {
    of: "GMX, no PTR",
    text: "554-gmx.net (mxgmx015) Nemesis ESMTP Service not available\n554-No SMTP service\n554-IP address is black listed.\n554 For explanation visit https://postmaster.gmx.net/en/error-messages?ip=203.0.113.44&c=bl",
    wanted: ["reputation.ip"],
  },
  {
    of: "Orange",
    text: "550 5.7.1 Mail rejete. Mail rejected. ofr_506 [506]",
    wanted: ["content", "reputation.ip", "policy.other", "unknown"],
  },
  {
    of: "Orange, too many connections",
    text: "421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]",
    wanted: ["rate-limited"],
  },
  {
    of: "Mail.ru",
    text: "550 spam message rejected. Please visit http://help.mail.ru/notspam-support/id?c=abc or report details to abuse@corp.mail.ru. Error code: 2E4F.",
    wanted: ["content"],
  },
  {
    of: "QQ, SPF",
    text: "550 SPF check failed. https://service.mail.qq.com/detail/0/1017 [abc IP: 203.0.113.44]",
    wanted: ["spf.fail"],
  },
  {
    of: "Zoho, relay",
    text: "553 Relaying disallowed as news@shop.example",
    wanted: ["relaying-denied", "auth-required"],
  },
  {
    of: "Zoho, unusual activity",
    text: "550 5.4.6 Unusual sending activity detected. Please try after sometime",
    wanted: ["rate-limited", "sender-blocked"],
  },
];

/** What gateways and senders write. */
const SERVICES: readonly Sample[] = [
  {
    of: "Proofpoint, blocked address",
    text: "554 5.7.0 Blocked - see https://ipcheck.proofpoint.com/?ip=203.0.113.44",
    wanted: ["reputation.ip"],
  },
  {
    of: "Proofpoint, DMARC",
    text: "550 5.7.1 Message rejected due to DMARC policy - dmarc fail for header.from=shop.example",
    wanted: ["dmarc.policy"],
  },
  {
    of: "Mimecast, anti-spoofing",
    text: "550 Rejected by header based Anti-Spoofing policy: ceo@corp.example - https://community.mimecast.com/docs/DOC-1369#550 [abc.uk123]",
    wanted: ["spoof", "policy.other"],
  },
  {
    of: "Mimecast, invalid recipient",
    text: "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [xYz.us22]",
    wanted: ["unknown-user"],
  },
  {
    of: "Barracuda",
    text: "554 Service unavailable; Client host [203.0.113.44] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=203.0.113.44",
    wanted: ["reputation.ip"],
  },
  {
    of: "Cisco ESA, reputation",
    text: "554-esa1.corp.example\n554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.",
    wanted: ["reputation.ip"],
  },
  {
    of: "Spamhaus by Postfix",
    text: "554 5.7.1 Service unavailable; Client host [203.0.113.44] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/203.0.113.44",
    wanted: ["reputation.ip"],
  },
  {
    of: "Amazon SES, notification",
    text: JSON.stringify({
      notificationType: "Bounce",
      bounce: {
        feedbackId: "0102-abc",
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [
          {
            emailAddress: "lee@corp.example",
            action: "failed",
            status: "5.1.1",
            diagnosticCode:
              "smtp; 550 5.1.1 <lee@corp.example>: Recipient address rejected: User unknown in virtual mailbox table",
          },
        ],
        timestamp: "2026-11-27T08:14:02.000Z",
        reportingMTA: "dsn; a8-50.smtp-out.amazonses.com",
      },
      mail: { source: "news@shop.example", messageId: "0102-def" },
    }),
    wanted: ["unknown-user"],
  },
  {
    of: "Amazon SES, identity not verified",
    text: "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: news@shop.example",
    wanted: ["auth-required", "policy.other", "sender-blocked"],
  },
  {
    of: "SendGrid, event",
    text: JSON.stringify([
      {
        email: "lee@gmail.example",
        timestamp: 1_764_230_042,
        "smtp-id": "<abc@geopod-ismtpd-3>",
        event: "bounce",
        sg_event_id: "x",
        reason:
          "550 5.7.26 Unauthenticated email from shop.example is not accepted due to domain's DMARC policy. Please contact the administrator of shop.example domain if this was a legitimate mail.",
        status: "5.7.26",
        type: "blocked",
      },
    ]),
    wanted: ["dmarc.policy"],
  },
  {
    of: "Mailgun, event",
    text: JSON.stringify({
      event: "failed",
      severity: "permanent",
      reason: "bounce",
      "delivery-status": {
        "attempt-no": 1,
        code: 552,
        message: "5.2.2 The email account that you tried to reach is over quota",
        description: "",
        "mx-host": "mx.corp.example",
      },
      recipient: "lee@corp.example",
    }),
    wanted: ["mailbox-full"],
  },
  {
    of: "Postmark, bounce",
    text: JSON.stringify({
      RecordType: "Bounce",
      Type: "HardBounce",
      TypeCode: 1,
      Name: "Hard bounce",
      Description: "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
      Details: "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
      Email: "lee@corp.example",
    }),
    wanted: ["unknown-user"],
  },
  {
    of: "SparkPost, event",
    text: JSON.stringify({
      type: "bounce",
      bounce_class: "51",
      error_code: "554",
      raw_reason: "554 5.7.1 Blocked by Spamhaus ZEN - https://www.spamhaus.org/query/ip/203.0.113.44",
      rcpt_to: "lee@corp.example",
    }),
    wanted: ["reputation.ip"],
  },
];

/** Written after the others were known, with words in them that mislead. */
const TRAPS: readonly Sample[] = [
  {
    of: "Postfix, quota of a virtual mailbox",
    text: "status=bounced (maildir delivery failed: The user you are trying to reach is over their disk quota: The email account that you tried to reach is over quota)",
    wanted: ["mailbox-full"],
  },
  {
    of: "Postfix, header_checks with DMARC in the subject",
    text: "550 5.7.1 <lee@corp.example>: message content rejected; from=<a@shop.example> to=<lee@corp.example> proto=ESMTP helo=<mx.shop.example>: Subject: Your DMARC report",
    wanted: ["content", "policy.other"],
  },
  {
    of: "Dovecot LMTP",
    text: "status=bounced (host mail.corp.example[private/dovecot-lmtp] said: 552 5.2.2 <lee@corp.example> Quota exceeded (mailbox for user is full) (in reply to end of DATA command))",
    wanted: ["mailbox-full"],
  },
  {
    of: "Amavis",
    text: "554 5.7.0 Reject, id=12345-07 - INFECTED: Win.Test.EICAR_HDB-1",
    wanted: ["content"],
  },
  {
    of: "Exim, HELO",
    text: "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
    wanted: ["helo.bad"],
  },
  {
    of: "Exim, sender verify",
    text: "550-Verification failed for <news@shop.example>\n550-No Such User Here\n550 Sender verify failed",
    wanted: ["sender-domain"],
  },
  {
    of: "Exim, DKIM",
    text: "550 DKIM: encountered the following problem validating shop.example: pubkey_unavailable",
    wanted: ["dkim.key-missing", "dkim.signature"],
  },
  {
    of: "cPanel, sending limit",
    text: "Domain shop.example has exceeded the max emails per hour (150/150 (100%)) allowed. Message will be reattempted later",
    wanted: ["rate-limited"],
  },
  {
    of: "submission, not owned",
    text: "553 5.7.1 <ceo@corp.example>: Sender address rejected: not owned by user bob",
    wanted: ["auth-required"],
  },
  {
    of: "submission, login",
    text: "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6",
    wanted: ["auth-required"],
  },
  {
    of: "Exchange Online, login",
    text: "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
    wanted: ["auth-required"],
  },
  {
    of: "Exchange Online, tenant blocked",
    text: "550 5.1.8 Access denied, bad outbound sender AS(42004)",
    wanted: ["sender-blocked"],
  },
  {
    of: "Exchange Online, attribution",
    text: "451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35. For more information please go to https://go.microsoft.com/fwlink/?linkid=865268",
    wanted: ["routing", "receiver-fault", "relaying-denied"],
  },
  {
    of: "Exchange Online, bulk sender",
    text: "550 5.7.515 Access denied, sending domain SHOP.EXAMPLE doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender. Spf= Fail , Dkim= Pass , DMARC= Fail",
    wanted: ["dmarc.bulk-requirement", "dmarc.policy", "unauthenticated", "spf.fail"],
  },
  {
    of: "MTA-STS at Google",
    text: "451 4.7.5 MTA-STS policy for corp.example does not match the MX host mx1.corp.example",
    wanted: ["tls.required"],
  },
  {
    of: "Postfix, DANE",
    text: "status=deferred (Server certificate not trusted)",
    wanted: ["tls.required"],
  },
  {
    of: "Postfix, size",
    text: "552 5.3.4 Message size exceeds fixed limit",
    wanted: ["too-large"],
  },
  {
    of: "Postfix, no MX",
    text: "status=bounced (Host or domain name not found. Name service error for name=corp.exmaple type=A: Host not found)",
    wanted: ["routing"],
  },
  {
    of: "Spamhaus DBL",
    text: "550 5.7.1 Message rejected: URL shop.example listed in dbl.spamhaus.org",
    wanted: ["reputation.domain"],
  },
  {
    of: "T-Online",
    text: "554 IP=203.0.113.44 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset.",
    wanted: ["reputation.ip"],
  },
  {
    of: "AT&T",
    text: "553 5.3.0 flph829 DNSBL:RBL 521< 203.0.113.44 >_is_blocked. For assistance forward this error to abuse_rbl@abuse-att.net",
    wanted: ["reputation.ip"],
  },
  {
    of: "Comcast, PTR",
    text: "554 5.7.1 resimta-ch2-07v.sys.comcast.net 203.0.113.44 Comcast requires that all mail servers must have a PTR record with a valid Reverse DNS entry. Currently your mail server does not fill that requirement.",
    wanted: ["rdns.missing"],
  },
  {
    of: "an out-of-office note that names DMARC",
    text: "I am away until Monday. For questions on SPF, DKIM and DMARC please ask the mail team.",
    wanted: ["not-a-bounce"],
  },
  {
    of: "Mailman, members only",
    text: "Your mail to 'dev' with the subject 'hello' is being held until the list moderator can review it for approval. Post by non-member to a members-only list",
    wanted: ["policy.other"],
  },
];

/** Every sample. */
export const SAMPLES: readonly Sample[] = [...SERVERS, ...PROVIDERS, ...SERVICES, ...TRAPS];
