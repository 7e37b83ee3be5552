import { z } from 'zod';

export const PROVIDERS = ['google', 'github'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** Who somebody is at a provider. */
export interface Identity {
  /** Stable there; e-mails are not. */
  accountId: string;
  /** Null unless the provider says that it was confirmed. */
  email: string | null;
  fullName: string | null;
}

/** A provider as configured: our client there, and where it answers. */
export interface Provider {
  readonly name: ProviderName;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly userUrl: string;
}

/** Where each answers unless told otherwise, and what we ask for. */
export const ENDPOINTS = {
  google: {
    authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    userUrl: 'https://openidconnect.googleapis.com/v1/userinfo',
    scope: 'openid email profile',
  },
  github: {
    authorizeUrl: 'https://github.com/login/oauth/authorize',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    userUrl: 'https://api.github.com/user',
    scope: 'read:user user:email',
  },
} as const satisfies Record<ProviderName, object>;

const shortText = z.string().min(1).max(320);
const googleUser = z.object({
  sub: z.string().min(1).max(255),
  email: shortText.optional(),
  email_verified: z.boolean().optional(),
  name: z.string().optional(),
});
const githubUser = z.object({ id: z.int().positive(), login: shortText, name: z.string().nullish() });
const githubEmails = z.array(z.object({ email: shortText, primary: z.boolean(), verified: z.boolean() }));

/** Reads who it is, with `get` asking the provider in the user's name. Throws ZodError for an answer of another form. */
export async function readIdentity(
  { name, userUrl }: Provider,
  get: (url: string) => Promise<unknown>,
): Promise<Identity> {
  if (name === 'google') {
    const user = googleUser.parse(await get(userUrl));
    const email = user.email_verified ? (user.email ?? null) : null;
    return { accountId: user.sub, email, fullName: user.name ?? null };
  }
  const user = githubUser.parse(await get(userUrl));
  const emails = githubEmails.parse(await get(`${userUrl}/emails`));
  const primary = emails.find((address) => address.primary && address.verified);
  return { accountId: String(user.id), email: primary?.email ?? null, fullName: user.name || user.login };
}
