/** Signs that a message did not come straight from its author: lists and forwarders. */
import type { Message } from "./message.ts";

/** Fields that forwarders write. */
const FORWARDED =
  /^(?:x-forwarded-(?:to|for)|resent-(?:from|to)|x-ms-exchange-(?:parent-message-id|generated-message-source)|x-gm-original-to)$/;
/** Envelope senders that forwarders make: Gmail's +caf_=, SRS0=, SRS1=, PRVS-wrapped lists. */
const REWRITTEN = /\+caf_=|^srs[01][=+-]|^[^@]{0,200}[-+]bounces?[+@-]/i;

/** Whether a list or forwarder passed the message on, as its fields tell; anybody can write them, so it is no proof. */
export function isForwarded({ fields, envelope, isList, arc }: Message): boolean {
  return (
    isList ||
    arc.length > 0 ||
    (envelope !== null && REWRITTEN.test(envelope)) ||
    fields.some(({ key }) => FORWARDED.test(key))
  );
}

/** The domain of the envelope sender, where no From tells a domain. */
export function guessFrom({ envelope }: Message): string | null {
  const domain = envelope?.split("@").at(-1)?.toLowerCase() ?? "";
  return domain.includes(".") ? domain : null;
}
