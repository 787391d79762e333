import { randomBytes } from 'node:crypto';
import type { TestPostgres } from './migrated-postgres';
import { queryOnce } from './query-once';

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

/**
 * A copy of the database `name` of this server, which `prepare` has made from a migrated one for
 * the first file that needs it.
 */
export async function createPreparedDatabase(
  name: string,
  prepare: (url: string) => Promise<void>,
): Promise<TestPostgres> {
  const server = ownServerUrl();
  const [prepared] = await onServer(server, `select 1 from pg_database where datname = '${name}'`);
  if (prepared === undefined) {
    const draft = await createTestDatabase();
    await prepare(draft.url);
    await onServer(server, `alter database ${new URL(draft.url).pathname.slice(1)} rename to ${name}`);
  }
  return createDatabase(server, name);
}

/** The same as a migrated one, without a table. */
export const createEmptyDatabase = (): Promise<TestPostgres> => createDatabase(ownServerUrl(), 'template0');

async function createDatabase(server: URL, template: string): Promise<TestPostgres> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, `create database ${name} template ${template} strategy file_copy`);
  return {
    url: Object.assign(new URL(server), { pathname: `/${name}` }).href,
    stop: async () => void (await onServer(server, `drop database ${name} with (force)`)),
  };
}

/** By another database: a template cannot be copied while a session uses it. */
function onServer(server: URL, statement: string): Promise<unknown[]> {
  const url = Object.assign(new URL(server), { pathname: '/template1' });
  return queryOnce(url.href, statement);
}
