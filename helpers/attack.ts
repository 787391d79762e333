import { createHmac } from 'node:crypto';
import axios from 'axios';
import { logIn, type Client } from './client/client';
import { randomName } from './names';
import type { RunFacts } from './run';

export interface Shot {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** From the server's root. */
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it stands. */
  readonly body?: object | string;
}

export interface Hit {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const LIMIT_MS = 15_000;

/** One request as it is said here, past the client: what no honest caller sends. */
export async function shoot({ url }: RunFacts, { method = 'GET', path, token, headers, body }: Shot): Promise<Hit> {
  const answer = await axios.request<string>({
    ...{ method, url: `${url}${path}`, timeout: LIMIT_MS, maxRedirects: 0, validateStatus: null, proxy: false },
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    },
    data: typeof body === 'object' ? JSON.stringify(body) : body,
    transformResponse: (text: string) => text,
  });
  return { status: answer.status, text: answer.data, headers: Object.fromEntries(Object.entries(answer.headers)) };
}

/** `[status, code, reason]` of a refusal in the envelope of handlers; `[status, text]` of any other answer. */
export function refusalOf({ status, text }: Hit): unknown[] {
  if (status < 400 || !text.startsWith('{')) return [status, text];
  const { code, details } = JSON.parse(text) as { code?: string; details?: { reason?: string } };
  return code === undefined ? [status, text] : [status, code, ...(details?.reason ? [details.reason] : [])];
}

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token by hand, so that what a library would refuse to make can be made. */
export function forge(secret: string, claims: object, header: object = {}, algorithm = 'sha256'): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT', ...header })}.${encoded(claims)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

/** The same with another signature, or none. */
export const unsigned = (claims: object, header: object, signature = ''): string =>
  `${encoded({ typ: 'JWT', ...header })}.${encoded(claims)}.${signature}`;

export interface Person {
  readonly id: number;
  readonly login: string;
  readonly password: string;
  readonly client: Client;
  readonly token: string;
}

/** Somebody new who holds these permission sets, logged in. */
export async function newcomer(facts: RunFacts, admin: Client, ...sets: string[]): Promise<Person> {
  const login = `e2e-${facts.run}-${randomName(10)}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await admin.identities.create({ login, password });
  for (const permission_set_ref of sets) await admin.permissions.assign({ identity_id: id, permission_set_ref });
  return { id, login, password, ...(await logIn({ baseUrl: facts.url }, login, password)) };
}
