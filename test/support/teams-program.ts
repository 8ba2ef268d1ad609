/** Teams for the real program, with authentication on both ways: a local issuer, a fake connector, and the token service of a managed identity. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { APP_ID, ISSUER, startOpenId, teamsMessage, TENANT, tokenFor } from "./openid.ts";
import { startConnector, type Connector } from "./teams-house.ts";

/** What the fake token service hands out; the connector must see nothing else. */
export const TOKEN = "a-token-of-tests";

export interface TeamsWorld {
  connector: Connector;
  /** What switches Teams on in the program. */
  environment: Readonly<Record<string, string>>;
  /** Delivers a signed activity to the program at this address; gives status, JSON and milliseconds. */
  deliver: (
    url: string,
    over?: Readonly<Record<string, unknown>>,
  ) => Promise<{ status: number; body: unknown; ms: number }>;
  /** Waits until it is so; throws after `ms`. */
  until: (isSo: () => boolean, ms?: number) => Promise<void>;
  close(): Promise<void>;
}

/** Azure's way to a managed identity's token, which is the only one of botbuilder's that may stand on loopback. */
async function startIdentity(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const expires = String(Math.floor(Date.now() / 1_000) + 86_000);
    response.end(
      JSON.stringify({ access_token: TOKEN, expires_on: expires, resource: ISSUER, token_type: "Bearer" }),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/msi/token`,
    close: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

/** Starts everything around the program. */
export async function startTeamsWorld(): Promise<TeamsWorld> {
  const openid = await startOpenId();
  const connector = await startConnector();
  const identity = await startIdentity();
  // One for all, as Teams' own is good for an hour: signing must not weigh in what is measured.
  const token = await tokenFor(connector.serviceUrl);
  return {
    connector,
    environment: {
      MicrosoftAppId: APP_ID,
      MicrosoftAppType: "UserAssignedMSI",
      MicrosoftAppTenantId: TENANT,
      IDENTITY_ENDPOINT: identity.url,
      IDENTITY_HEADER: "of-tests",
      TEAMS_OPENID_METADATA_URL: openid.metadataUrl,
      TEAMS_TOKEN_ISSUER: ISSUER,
      TEAMS_SERVICE_HOSTS: "127.0.0.1",
    },
    async deliver(url, over = {}) {
      const body = JSON.stringify(teamsMessage(connector.serviceUrl, over));
      const began = performance.now();
      const response = await fetch(`${url}/api/messages`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body,
      });
      const text = await response.text();
      const ms = performance.now() - began;
      return { status: response.status, body: text === "" ? undefined : JSON.parse(text), ms };
    },
    async until(isSo, ms = 15_000) {
      const end = performance.now() + ms;
      while (!isSo()) {
        if (performance.now() > end) throw new Error(`it was not so within ${String(ms)} ms`);
        await sleep(100);
      }
    },
    async close() {
      await connector.close();
      await openid.close();
      await identity.close();
    },
  };
}
