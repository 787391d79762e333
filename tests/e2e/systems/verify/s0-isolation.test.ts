// Spec: a platform shares nothing with another one, and changes no database that is not its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../../helpers/repository-root';
import { createClient, logIn } from '../../../../helpers/client/client';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { runCommand } from '../../support/commands/command-line';
import { placesOf } from '../../support/commands/second-platform';
import { start, tryStart } from '../../support/commands/platform-start';
import { createScratchDatabase, schemaOf, tablesOf, type ScratchDatabase } from '../../support/scratch-database';
import { systemTestNeeding } from '../../support/system-test';
import { startPlatform } from '../../../../helpers/target/start/started-platform';

const onHost = systemTestNeeding('host.processes');
const withSql = systemTestNeeding('sql');
const onHostWithSql = systemTestNeeding('host.processes', 'sql');
const onLedger = systemTestNeeding('host.processes', 'sql', 'ledger.shared');

const LIMIT_SECONDS = 60;

/** Starts a platform besides that of the run, with a workflow of this ref. */
async function startWithWorkflow(ctx: Context, pack: string) {
  const platform = await startPlatform({});
  ctx.defer(() => platform.stop());
  const { running } = platform;
  const { client } = await logIn({ baseUrl: running.url }, running.login, running.password);
  await client.packs.create({ ref: pack, label: 'isolation', version: '1.0.0' });
  const ref = `${pack}.flow`;
  const definition = { tasks: [{ name: 'only', action: 'core.noop' }] };
  await client.workflows.create({ ref, pack_ref: pack, label: 'flow', version: '1', definition });
  return { running, client, ref };
}

onHost('S0-13 two platforms side by side share nothing', LIMIT_SECONDS, async (ctx) => {
  const pack = ctx.name('pack');
  const [first, second] = await Promise.all([startWithWorkflow(ctx, pack), startWithWorkflow(ctx, pack)]);

  const started = await Promise.all(
    Array.from({ length: 10 }, () => first.client.executions.execute({ action_ref: first.ref })),
  );
  for (const { id } of started) await until(executionToBe('completed', first.client, id), ctx.deadline);

  const counts = [first, second].map(({ client, ref }) => client.executions.list({ action_ref: ref }));
  expect((await Promise.all(counts)).map(({ length }) => length)).toEqual([10, 0]);
  const [places, others] = [placesOf(first.running), placesOf(second.running)];
  expect(places.filter((place) => others.includes(place))).toEqual([]);
  expect(new Set(places).size).toBe(places.length);
});

onLedger('S0-14 a second platform on the database of a running one is refused', LIMIT_SECONDS, async (ctx) => {
  const { client, facts } = ctx;
  await ctx.pack('e2e');
  const [action_ref, parameters] = [ctx.action('echo-params'), ctx.ledgerInput('run')];
  const starting = tryStart(ctx, ['--database-url', facts.databaseUrl!]);

  const ids = await Promise.all(
    Array.from({ length: 20 }, async () => (await client.executions.execute({ action_ref, parameters })).id),
  );
  const { running, code, stderr } = await starting;

  expect({ url: running?.url, code }).toEqual({ url: undefined, code: 3 });
  const { stack_id, pid } = await client.health.identity();
  expect(stderr).toBe(
    `tuningfork: DB_OWNED_BY_OTHER_STACK: database postgres belongs to stack ${stack_id}, on which ` +
      `platform ${facts.instanceId}, pid ${pid} is running; ` +
      'stop it, name another database, or start with --join to run beside it\n',
  );
  const executions = await Promise.all(ids.map((id) => until(executionToBe('completed', client, id), ctx.deadline)));
  const workers = (await client.workers.list()).filter(({ name }) => name.startsWith(`${facts.instanceId}-w`));
  const names = new Map(workers.map(({ id, name }) => [id, name]));
  expect(executions.filter(({ worker }) => !names.has(worker!))).toEqual([]);
});

onHostWithSql(
  'S0-14 a platform that joins belongs to the stack, and a restart keeps it',
  2 * LIMIT_SECONDS,
  async (ctx) => {
    const database = await createScratchDatabase(ctx);
    const first = await start(ctx, ['--database-url', database.url]);

    const joined = await start(ctx, ['--database-url', database.url, '--join']);
    await first.stop();
    const refused = await tryStart(ctx, ['--database-url', database.url]);
    await joined.stop();
    const restarted = await start(ctx, ['--database-url', database.url]);

    expect(refused.stderr).toContain(`, on which platform ${joined.running.instance_id}, pid ${joined.running.pid} is`);
    expect(refused.code).toBe(3);
    const stacks = [first, joined, restarted].map(({ running }) => running.stack_id);
    expect(stacks).toEqual(Array(3).fill(first.running.stack_id));
    const identity = await createClient({ baseUrl: restarted.running.url }).health.identity();
    expect(identity.stack_id).toBe(first.running.stack_id);
    await restarted.stop();
  },
);

onHostWithSql('S0-15 an environment file names no database', LIMIT_SECONDS, async (ctx) => {
  const decoy = await createScratchDatabase(ctx);
  const directory = mkdtempSync(join(ctx.facts.directory, 'environment-'));
  ctx.defer(() => rmSync(directory, { recursive: true }));
  const file = join(directory, '.env');
  writeFileSync(file, `DATABASE_URL=${decoy.url}\nPLATFORM_WORKERS=0\n`);
  const workflow = join(repositoryRoot(), 'examples/greeting/workflows/greet.yaml');

  const { code, stdout, stderr } = await runCommand(ctx, ['verify', workflow], {
    workingDirectory: directory,
    env: { PLATFORM_URL: '', PLATFORM_FILE: '', ATTUNE_API_URL: '' },
  });

  const lines = stderr.split('\n').map((line) => line.trim());
  expect({ code, lines: lines.slice(0, 2) }).toEqual({
    code: 0,
    lines: [
      'database: embedded',
      `${file} is ignored: it sets DATABASE_URL, PLATFORM_WORKERS; settings come from the command line and the environment`,
    ],
  });
  expect(JSON.parse(stdout[0]!)).toMatchObject({ verdict: 'proven' });
  expect(await tablesOf(decoy)).toEqual([]);
  expect(stderr).not.toContain(passwordOf(ctx));
});

const passwordOf = ({ facts }: Context): string => decodeURIComponent(new URL(facts.databaseUrl!).password);

/** Starts a platform on the database, which must not start, and changes nothing. */
async function refusedOn(ctx: Context, database: ScratchDatabase) {
  const before = await schemaOf(database);
  const { running, code, stderr } = await tryStart(ctx, ['--database-url', database.url]);
  expect(running?.url ?? null).toBeNull();
  expect(await schemaOf(database)).toEqual(before);
  expect(stderr).not.toContain(passwordOf(ctx));
  return { code, stderr };
}

withSql('S0-16 a database with a table of somebody else is left alone', LIMIT_SECONDS, async (ctx) => {
  const database = await createScratchDatabase(ctx);
  await database.query('create table orders (id int)');

  const { code, stderr } = await refusedOn(ctx, database);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      `tuningfork: DB_NOT_OURS: database ${database.name} has tables that no platform created: public.orders; ` +
      'name an empty database, or one of a platform\n',
  });
  expect(await tablesOf(database)).toEqual(['orders']);
});

const ledgerOf = (database: ScratchDatabase) =>
  database.query<{ name: string; migration_set: string }>('select name, migration_set from migration order by name');

withSql('S0-17 two sets of migrations never share a ledger', LIMIT_SECONDS, async (ctx) => {
  const [hub, own] = [await createScratchDatabase(ctx), await createScratchDatabase(ctx)];
  await hub.query(`create table migration (name text primary key, applied timestamptz not null default now(),
      migration_set text not null default 'hub')`);
  await hub.query(`insert into migration (name) values ('0001-runs.sql')`);

  const { code, stderr } = await refusedOn(ctx, hub);
  const platform = await start(ctx, ['--database-url', own.url, '--workers', '0']);
  await platform.stop();

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'tuningfork: MIGRATION_SET_CONFLICT: this database has the migrations of the set hub (0001-runs.sql), ' +
      'and not those of the set platform; name a database of its own for each\n',
  });
  expect(await ledgerOf(hub)).toEqual([{ name: '0001-runs.sql', migration_set: 'hub' }]);
  const ledger = await ledgerOf(own);
  expect(ledger).toContainEqual({ name: 'baseline', migration_set: 'platform' });
  expect(new Set(ledger.map(({ migration_set }) => migration_set))).toEqual(new Set(['platform']));
});

/** A function file that the next start would apply. */
const PENDING = 'lost_executions.sql';

/** A database that a platform has migrated, with one file that is not applied. */
async function migratedDatabase(ctx: Context): Promise<{ database: ScratchDatabase; build: string }> {
  const database = await createScratchDatabase(ctx);
  const platform = await start(ctx, ['--database-url', database.url, '--workers', '0']);
  const { source } = await createClient({ baseUrl: platform.running.url }).health.identity();
  await platform.stop();
  await database.query('delete from migration_function where name = $1', [PENDING]);
  return { database, build: source! };
}

const countPending = async (database: ScratchDatabase): Promise<number> =>
  (await database.query('select from migration_function where name = $1', [PENDING])).length;

withSql('S0-18 an applied migration that is missing is named with its build', LIMIT_SECONDS, async (ctx) => {
  const { database, build } = await migratedDatabase(ctx);
  await database.query(
    `insert into migration (name, checksum, build) select '9999-later.sql', '', build from migration limit 1`,
  );

  const { code, stderr } = await refusedOn(ctx, database);

  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      'tuningfork: MIGRATION_MISSING: applied migrations of the set platform are missing: ' +
      `9999-later.sql, applied by build ${build}; start the build that applied them, or a later one\n`,
  });
  expect(await countPending(database)).toBe(0);
});

withSql('S0-19 an applied migration that was edited is named with both checksums', LIMIT_SECONDS, async (ctx) => {
  const { database } = await migratedDatabase(ctx);
  const [{ checksum }] = (await database.query(`select checksum from migration where name = 'baseline'`)) as [
    { checksum: string },
  ];
  const other = '0'.repeat(64);
  await database.query(`update migration set checksum = $1 where name = 'baseline'`, [other]);

  const { code, stderr } = await refusedOn(ctx, database);

  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      'tuningfork: MIGRATION_MODIFIED: applied migrations of the set platform were edited: ' +
      `baseline: applied ${other}, now ${checksum}; ` +
      'start the build that applied them, or drop and create this database again if it is a test database\n',
  });
  expect(await countPending(database)).toBe(0);
});
