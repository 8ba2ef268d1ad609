/** A page as a message of Teams'; where Teams does not take the card, as one of the oldest elements. */
import { words } from "./elements.ts";
import type { Doc } from "../../src/view/doc.ts";
import { plainOf } from "../../src/view/line.ts";
import { cardOf, type CardOptions } from "./card.ts";
import type { Outgoing } from "./connector.ts";

/** The content type of an Adaptive Card, also in the answer to an invoke. */
export const CARD = "application/vnd.microsoft.card.adaptive";

/** A message with the card alone: text beside it would make two messages, and give no id to replace it by (reference B1). */
export function messageOf(
  page: Doc,
  { plain = false, ...options }: CardOptions & { plain?: boolean } = {},
): Outgoing {
  const { card, summary } = plain ? plainCard(page) : cardOf(page, options);
  return {
    type: "message",
    summary,
    attachmentLayout: "list",
    attachments: [{ contentType: CARD, content: card }],
  };
}

/** Title, verdict and the line that shows the rest, in the one element that shows foreign text as it is. */
function plainCard({ title, headline, line }: Doc): { card: unknown; summary: string } {
  const lines = [plainOf(title), plainOf(headline), line];
  const body = lines.map((text) => ({
    type: "RichTextBlock",
    // Clients compute "{{DATE(…)}}" in a run of its own; parted it stays as it is.
    inlines: words(text),
  }));
  return { card: { type: "AdaptiveCard", version: "1.5", body }, summary: lines.slice(0, 2).join(": ") };
}
