import { openTargetDatabase, type TargetDatabase } from '../../../helpers/target/target-database';
import type { Context } from '../../../helpers/scenario/context';
import { randomName } from '../../../helpers/scenario/names';

/** A database of a test on the server of the target, dropped at the test's end. */
export interface ScratchDatabase extends Pick<TargetDatabase, 'query'> {
  readonly name: string;
  readonly url: string;
}

/** Creates an empty database. Its platforms are stopped before the test's end drops it. */
export async function createScratchDatabase(ctx: Context): Promise<ScratchDatabase> {
  const name = `e2e_${randomName(8)}`;
  const server = await openTargetDatabase(ctx.facts.databaseUrl);
  ctx.defer(() => server[Symbol.asyncDispose]());
  await server.query(`create database ${name}`);
  const [{ oid }] = (await server.query<{ oid: number }>('select oid from pg_database where datname = $1', [name])) as [
    { oid: number },
  ];
  ctx.defer(async () => {
    await server.query(`drop database ${name} with (force)`);
    await server.query(`drop role if exists tuningfork_app_${oid}`);
  });
  const url = Object.assign(new URL(ctx.facts.databaseUrl!), { pathname: `/${name}` }).href;
  const database = await openTargetDatabase(url);
  ctx.defer(() => database[Symbol.asyncDispose]());
  return { name, url, query: database.query };
}

/** Every table and view of the database, and each column of them. */
export const schemaOf = (database: ScratchDatabase): Promise<object[]> =>
  database.query(
    `select attrelid::regclass::text as relation, attname, atttypid::regtype::text as type from pg_attribute
    where attrelid >= 16384 and attnum > 0 order by 1, attnum`,
  );

/** Names of the tables of all schemas. */
export async function tablesOf(database: ScratchDatabase): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.oid >= 16384 and c.relkind in ('r', 'p') order by 1`,
  );
  return tables.map(({ name }) => name);
}
