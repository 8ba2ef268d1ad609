/** Organizations of names, by the public suffix list, and what they decide about alignment in a pasted text. */
import { describe, expect, it, test } from "vitest";
import { organizationOf } from "../../src/triage/organization.ts";
import { verdictOf } from "./suite.ts";

describe("organizationOf", () => {
  it.each([
    ["example.com", "example.com"],
    ["mail.a.example.com", "example.com"],
    ["shop.example.co.uk", "example.co.uk"],
    ["a.example.com.au", "example.com.au"],
    // Private suffixes: neighbours there are strangers.
    ["one.github.io", "one.github.io"],
    ["a.one.github.io", "one.github.io"],
    ["x.example.gov.br", "example.gov.br"],
    ["co.uk", "co.uk"],
  ])("of %s is %s", (name, organization) => {
    expect(organizationOf(name)).toBe(organization);
  });
});

/** A message whose DKIM passes for one name and whose From has another, as its receiver judged it. */
const judged = (signer: string, author: string): string =>
  [
    "Return-Path: <b@bounce.example>",
    `Authentication-Results: mx.receiver.example; spf=none smtp.mailfrom=bounce.example; dkim=pass header.d=${signer}; dmarc=fail header.from=${author}`,
    "Received: from mail.example (mail.example [192.0.2.10]) by mx.receiver.example with ESMTPS; Tue, 10 Nov 2026 09:14:58 +0000",
    `From: a@${author}`,
    "Subject: x",
    "",
    "x",
    "",
  ].join("\n");

test("names of one suffix are not aligned, names of one organization are", () => {
  expect(verdictOf(judged("other.co.uk", "example.co.uk")).cause).toBe("dkim.alignment");
  expect(verdictOf(judged("two.github.io", "one.github.io")).cause).toBe("dkim.alignment");
  expect(verdictOf(judged("mail.example.co.uk", "example.co.uk")).cause).not.toBe("dkim.alignment");
});
