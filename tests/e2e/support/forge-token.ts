import { decodeJwt, SignJWT } from 'jose';
import type { TokenType } from '../../../contract/auth';
import type { JsonObject } from '../../../contract/json';
import type { RunFacts } from '../../../helpers/target/run-facts';
import { openTargetDatabase } from '../../../helpers/target/target-database';

export interface TokenClaims {
  readonly identity: number;
  readonly login: string;
  readonly type: TokenType;
  readonly metadata?: JsonObject;
}

const TOKEN_LIFETIME_SECONDS = 600;
const SECRET_QUERY = `select value from setting where name = 'token_secret'`;

/**
 * The secret that the target signs its tokens with: from the environment, else from its database.
 * Throws without either.
 */
export async function readTokenSecret({ databaseUrl }: RunFacts): Promise<string> {
  const configured = process.env.ATTUNE__SECURITY__JWT_SECRET;
  if (configured !== undefined) return configured;
  await using database = await openTargetDatabase(databaseUrl);
  const [secret] = await database.query<{ value: string }>(SECRET_QUERY);
  if (!secret) throw new Error('the database of the target contains no setting token_secret');
  return secret.value;
}

/**
 * A token as the contract describes it, valid for ten minutes. Without a tenant claim: the
 * identity's own tenant applies.
 */
export function forgeToken(secret: string, { identity, login, type, metadata }: TokenClaims): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1_000);
  return new SignJWT({ login, token_type: type, ...(type === 'execution' && { scope: 'execution' }), metadata })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(String(identity))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_LIFETIME_SECONDS)
    .sign(new TextEncoder().encode(secret));
}

/** What the token of a program opens, and for whom. */
export interface ProgramClaims {
  readonly identity: number;
  /** Its execution; by default one that does not exist. */
  readonly execution?: number;
  readonly permissionSets: readonly string[];
  /** Other claims of the program. */
  readonly metadata?: JsonObject;
}

const NO_EXECUTION = 999_999_999;

/** The token of the process of an execution. */
export const forgeProgramToken = (
  secret: string,
  { identity, execution = NO_EXECUTION, permissionSets, metadata }: ProgramClaims,
): Promise<string> =>
  forgeToken(secret, {
    identity,
    login: `execution:${execution}`,
    type: 'execution',
    metadata: { execution_id: execution, permission_set_refs: [...permissionSets], ...metadata },
  });

/** The same token with another end. `expiresAt`: seconds since the epoch. */
export const withExpiry = (secret: string, token: string, expiresAt: number): Promise<string> =>
  new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(secret));
