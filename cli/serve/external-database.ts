import { Client } from 'pg';
import { CommandError, isSystemError, usageError } from '../failures';

const CONNECT_TIMEOUT_MS = 5_000;
const MIN_SERVER_VERSION = 140_000;

/** A database that the platform was given, and what named it. */
export interface ExternalDatabase {
  readonly url: string;
  readonly source: '--database-url' | 'DATABASE_URL';
}

/**
 * The database of the option, else of DATABASE_URL; null for an embedded one. A password in
 * PGPASSWORD becomes a part of the URL: the variable is removed from the environment afterwards.
 */
export function findExternalDatabase(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ExternalDatabase | null {
  const url = option ?? env.DATABASE_URL ?? '';
  if (url === '') return null;
  const source = option === undefined ? 'DATABASE_URL' : '--database-url';
  if (!env.PGPASSWORD || !URL.canParse(url)) return { url, source };
  const withPassword = new URL(url);
  if (withPassword.password === '') withPassword.password = env.PGPASSWORD;
  return { url: withPassword.href, source };
}

/**
 * `host:port/database` of a connection URL, without its password; the host may be the directory of
 * a socket. Throws CommandError, exit 2.
 */
export function databaseLocation(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw usageError('the database URL is invalid: use postgres://user:password@host:port/database');
  }
  return `${decodeURIComponent(parsed.hostname) || 'localhost'}:${parsed.port || '5432'}${parsed.pathname}`;
}

/** Connects once: an unusable database is reported before anything else starts. */
export async function checkDatabase(url: string): Promise<void> {
  const location = databaseLocation(url);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined); // reported by the statement below, or by the platform
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const version = rows[0]!.version;
    if (version < MIN_SERVER_VERSION)
      throw new CommandError(
        `PG_TOO_OLD: ${location} has version ${version / 10_000}; version 14 or newer is required`,
      );
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(connectFailure(location, error));
  } finally {
    await client.end();
  }
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  '28P01': 'DB_AUTH_FAILED: {location} rejects the user or password; check the database URL',
  '28000': 'DB_AUTH_FAILED: {location} does not accept this user; check the database URL',
  '3D000': 'DB_MISSING: {location} does not exist; create it first (createdb)',
  '53300': 'DB_UNAVAILABLE: {location} has no free connection; raise max_connections',
  '57P03': 'DB_UNAVAILABLE: {location} is starting up or shutting down; try again',
};

function connectFailure(location: string, error: unknown): string {
  const code = isSystemError(error) ? error.code : '';
  const message = CONNECT_ERRORS[code];
  if (message !== undefined) return message.replace('{location}', location);
  const cause = error instanceof Error && error.message !== '' ? error.message : code;
  if (cause.startsWith('SASL')) return `DB_AUTH_FAILED: ${location} requires a password; add it to the database URL`;
  return `DB_UNREACHABLE: ${location} cannot be reached (${cause}); is PostgreSQL running there?`;
}
