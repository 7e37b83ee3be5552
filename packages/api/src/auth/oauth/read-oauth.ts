import type { EnvReader } from '@plinth/db';
import { ENDPOINTS, PROVIDERS, type Provider, type ProviderName } from './providers.js';

/** Sign-in through providers as configured; a provider without a client id has no routes. */
export interface OauthConfig {
  /** The page of the application that providers send people back to; it posts what it got to .../complete. */
  readonly redirectUrl: string;
  readonly providers: Readonly<Partial<Record<ProviderName, Provider>>>;
}

/** OAUTH_REDIRECT_URL, and OAUTH_<PROVIDER>_CLIENT_ID, _CLIENT_SECRET and, where it answers elsewhere, its URLs. */
export function readOauth(reader: EnvReader, production: boolean): OauthConfig {
  const url = (name: string, fallback?: string): string => {
    const text = reader.text(name) ?? fallback;
    if (text === undefined) reader.problem(`${name}: not set, but a provider is`);
    else if (!URL.canParse(text) || !/^https?:\/\/[^\s#]+$/.test(text))
      reader.problem(`${name}: "${text}" is not an http or https address`);
    else if (production && !text.startsWith('https:')) reader.problem(`${name}: "${text}" is not https`);
    return text ?? '';
  };
  const providers: Partial<Record<ProviderName, Provider>> = {};
  for (const name of PROVIDERS) {
    const prefix = `OAUTH_${name.toUpperCase()}`;
    const clientId = reader.text(`${prefix}_CLIENT_ID`);
    const clientSecret = reader.text(`${prefix}_CLIENT_SECRET`);
    if (clientId === undefined && clientSecret === undefined) continue;
    if (clientId === undefined || clientSecret === undefined) {
      reader.problem(
        `${prefix}_CLIENT_${clientId === undefined ? 'ID' : 'SECRET'}: not set, but its other half is`,
      );
      continue;
    }
    providers[name] = {
      name,
      clientId,
      clientSecret,
      authorizeUrl: url(`${prefix}_AUTHORIZE_URL`, ENDPOINTS[name].authorizeUrl),
      tokenUrl: url(`${prefix}_TOKEN_URL`, ENDPOINTS[name].tokenUrl),
      userUrl: url(`${prefix}_USER_URL`, ENDPOINTS[name].userUrl),
    };
  }
  return { redirectUrl: Object.keys(providers).length > 0 ? url('OAUTH_REDIRECT_URL') : '', providers };
}
