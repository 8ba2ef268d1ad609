/** Our token for the connector, from Microsoft by botbuilder: the only part of the library that runs, loaded for nobody else. */
import type { Sign } from "./connector.ts";

export interface AppIdentity {
  appId: string;
  /** None for a managed identity. */
  password: string | undefined;
  type: "SingleTenant" | "MultiTenant" | "UserAssignedMSI";
  tenantId: string | undefined;
}

/** Who the token is for, and where one that belongs to no tenant is asked for. Source: botframework-connector, AuthenticationConstants. */
const AUDIENCE = "https://api.botframework.com";
const LOGIN_URL = "https://login.microsoftonline.com/botframework.com";

/** Signs as the application; the library keeps a token until it expires. Asks nobody before it is asked. */
export function createSign({ appId, password, type, tenantId }: AppIdentity): Sign {
  let loading: ReturnType<typeof load> | undefined;

  async function load() {
    const { ConfigurationServiceClientCredentialFactory } = await import("botbuilder");
    const factory = new ConfigurationServiceClientCredentialFactory({
      MicrosoftAppId: appId,
      MicrosoftAppType: type,
      ...(password === undefined ? {} : { MicrosoftAppPassword: password }),
      ...(tenantId === undefined ? {} : { MicrosoftAppTenantId: tenantId }),
    });
    return factory.createCredentials(appId, AUDIENCE, LOGIN_URL, true);
  }

  return async () => {
    const credentials = await (loading ??= load().catch((error: unknown) => {
      // The next one tries again.
      loading = undefined;
      throw error;
    }));
    const headers = new Map<string, string>();
    const set = (name: string, value: string): void => {
      headers.set(name.toLowerCase(), value);
    };
    // As much of a request as credentials touch.
    const request = { headers: { set } } as unknown as Parameters<typeof credentials.signRequest>[0];
    await credentials.signRequest(request);
    const authorization = headers.get("authorization");
    if (authorization === undefined) throw new Error("no token");
    return authorization;
  };
}
