import { Client } from 'pg';
import { EXIT } from '../contract/errors';
import { CommandError, isSystemError } from './failures';

const CONNECT_MS = 5_000;
const OLDEST = 140_000;

/** `host:port/database` of a connection URL: what may be printed of it. Throws CommandError, exit 2. */
export function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new CommandError(
      'the database URL is not usable: give postgres://user:password@host:port/database',
      EXIT.usage,
    );
  }
  return `${parsed.hostname || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}`;
}

/** Connects once, so that a database that cannot serve us is refused in one line before anything else starts. */
export async function tryDatabase(url: string): Promise<void> {
  const place = placeOf(url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined); // a connection lost here is seen by the statement below, or by the platform
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const version = rows[0]!.version;
    if (version < OLDEST)
      throw new CommandError(`PG_TOO_OLD: ${place} is version ${version / 10_000}; 14 or newer is needed`);
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(connectFailure(place, error));
  } finally {
    await client.end();
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'DB_AUTH_FAILED: {place} rejects the user or password; look at the database URL',
  '28000': 'DB_AUTH_FAILED: {place} does not let this user in; look at the database URL',
  '3D000': 'DB_MISSING: {place} does not exist; create it first (createdb)',
  '53300': 'DB_UNAVAILABLE: {place} has no connection left; raise max_connections',
  '57P03': 'DB_UNAVAILABLE: {place} is starting up or shutting down; try again',
};

function connectFailure(place: string, error: unknown): string {
  const code = isSystemError(error) ? error.code : '';
  const refusal = REFUSALS[code];
  if (refusal !== undefined) return refusal.replace('{place}', place);
  const why = error instanceof Error && error.message !== '' ? error.message : code;
  if (why.startsWith('SASL')) return `DB_AUTH_FAILED: ${place} wants a password; put it into the database URL`;
  return `DB_UNREACHABLE: ${place} cannot be reached (${why}); is PostgreSQL running there?`;
}
