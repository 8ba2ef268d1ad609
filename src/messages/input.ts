/** Forms and refusals: what to type, and why an input cannot be used. */
import type { EditRefusal } from "../spf/edit.ts";
import { echo } from "../text/foreign.ts";
import { code, codes, say } from "../text/say.ts";
import type { Field } from "../view/doc.ts";
import type { Refusal } from "../refusal.ts";

/** The form behind "Check an address"; `example` is an address to begin with. */
export function checkAddressFields(example: string | null): Field[] {
  const value = example === null || example.includes("/") ? null : example;
  return [
    {
      name: "ip",
      label: "Address of the sending server",
      hint: "One IPv4 or IPv6 address: from the bounce, or the topmost Received line that your own server wrote.",
      placeholder: "192.0.2.1",
      required: true,
      ...(value === null ? {} : { value }),
    },
    {
      name: "from",
      label: "Envelope sender",
      hint: "Only where the record asks about it (macros).",
      placeholder: "user@example.com",
    },
    {
      name: "helo",
      label: "HELO name",
      hint: "Only where the record asks about it (macros).",
      placeholder: "mail.example.com",
    },
  ];
}

/** `--record` that is no SPF record. */
export function refuseRecord(text: string, mended: string | null): Refusal {
  const hint =
    mended === null
      ? say`It begins with ${code("v=spf1")} and a space.`
      : say`Did you mean ${code(mended, 160)}?`;
  return { code: "input.record", message: say`${code(echo(text))} is no SPF record. ${hint}` };
}

/** Why a record cannot be edited as asked. */
export function refuseEdit(refusal: EditRefusal): Refusal {
  const term = code(echo(refusal.term));
  switch (refusal.code) {
    case "not-a-term":
      return {
        code: "input.term",
        message: say`${term} is no term of SPF. Type ${code("include:spf.example.net")}, ${code("ip4:192.0.2.1")} or ${code("a:mail.example.com")}.`,
      };
    case "is-all":
      return {
        code: "input.term-all",
        message: say`${term} ends the record and cannot be added beside the one that is there.`,
      };
    case "not-there":
      return {
        code: "input.term-not-there",
        message: say`${term} is not in the record. It has ${codes(refusal.there, 20)}.`,
      };
  }
}

/** Terms for the editor of a record. */
export function editFields(edit: "add" | "remove"): Field[] {
  return [
    {
      name: "terms",
      label: edit === "add" ? "Terms to add" : "Terms to remove",
      hint: "One or more, with blanks between; nothing is published, you see the record and its cost first.",
      placeholder: "include:spf.example.net ip4:192.0.2.7",
      required: true,
    },
  ];
}
