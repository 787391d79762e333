import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { TestPostgres } from './migrated-postgres';

const URLS_VARIABLE = 'INTEGRATION_POSTGRES_URLS';

/**
 * `urls`: of the migrated database of one server for each of Jest's processes, which start later
 * and inherit them.
 */
export const storeServerUrls = (urls: readonly string[]): void =>
  void (process.env[URLS_VARIABLE] = JSON.stringify(urls));

/** Of the server that only this process of Jest uses: it runs one file at a time. */
function ownServerUrl(): URL {
  const { [URLS_VARIABLE]: stored, JEST_WORKER_ID: worker } = process.env;
  const url = (JSON.parse(stored ?? '[]') as string[])[Number(worker) - 1];
  if (url === undefined) throw new Error(`${URLS_VARIABLE} has no server of Jest's process ${String(worker)}`);
  return new URL(url);
}

/**
 * A migrated database of its own on a server that no other test file uses meanwhile: open
 * transactions of another database would hold back entries of the log. `stop` drops it.
 */
export function createTestDatabase(): Promise<TestPostgres> {
  const server = ownServerUrl();
  return createDatabase(server, server.pathname.slice(1));
}

/** The same, without a table. */
export const createEmptyDatabase = (): Promise<TestPostgres> => createDatabase(ownServerUrl(), 'template0');

async function createDatabase(server: URL, template: string): Promise<TestPostgres> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template} strategy file_copy`);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    stop: () => onServer(server, `drop database ${name} with (force)`),
  };
}

/** By another database: a template cannot be copied while a session uses it. */
async function onServer(server: URL, statement: string): Promise<void> {
  const url = Object.assign(new URL(server), { pathname: '/template1' });
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
