import { SignJWT } from 'jose';
import { Client } from 'pg';
import type { TokenType } from '../contract/auth';
import type { JsonObject } from '../contract/json';
import type { RunFacts } from './run';

export interface Minted {
  readonly identity: number;
  readonly login: string;
  readonly type: TokenType;
  readonly metadata?: JsonObject;
}

const LIFE_SECONDS = 600;

/** What the target signs its tokens with: as the environment says, else as its database does. Throws where neither does. */
export async function tokenSecretOf({ databaseUrl }: RunFacts): Promise<string> {
  const told = process.env.ATTUNE__SECURITY__JWT_SECRET;
  if (told !== undefined) return told;
  if (databaseUrl === null) throw new Error('tokens cannot be minted: give ATTUNE__SECURITY__JWT_SECRET');
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>(`select value from setting where name = 'token_secret'`);
    return rows[0]!.value;
  } finally {
    await client.end();
  }
}

/** A token by the rules of the contract, good for ten minutes. It names no tenant: the identity's own is meant. */
export function mint(secret: string, { identity, login, type, metadata }: Minted): Promise<string> {
  const issued = Math.floor(Date.now() / 1_000);
  return new SignJWT({ login, token_type: type, ...(type === 'execution' && { scope: 'execution' }), metadata })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(identity))
    .setIssuedAt(issued)
    .setExpirationTime(issued + LIFE_SECONDS)
    .sign(new TextEncoder().encode(secret));
}
