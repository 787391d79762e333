import { Client } from 'pg';
import { pino } from 'pino';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { ADVISORY_LOCKS } from '../../../platform/store/database/advisory-locks';
import { migrate } from '../../../platform/store/database/migrate';
import { rejectOtherBuilds } from '../../../platform/store/database/stack/stack-build';
import {
  connectAlone,
  enterStack,
  type StackMembership,
} from '../../../platform/store/database/stack/stack-membership';
import { livenessDeadline } from '../liveness';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const members: StackMembership[] = [];
const owner = withOwner(database);
afterEach(async () => {
  for (const member of members.splice(0)) await member.leave();
  await owner.query('delete from stack_stamp');
});

/** A platform that has started, and the id of its stack. */
async function start(instance: string, joins = false, schema = 'of this build') {
  const log = pino({ enabled: false });
  const roles = ['api'] as const;
  const member = await enterStack(database().url, { instance, joins, roles, workerNames: [], schema, log });
  members.push(member);
  return { member, stackId: await member.confirm() };
}

test('a second platform is refused while the first runs, and named', async () => {
  const { stackId } = await start('a1');
  const name = new URL(database().url).pathname.slice(1);

  await expect(start('b2')).rejects.toMatchObject({
    code: 'DB_OWNED_BY_OTHER_STACK',
    message:
      `DB_OWNED_BY_OTHER_STACK: database ${name} belongs to stack ${stackId}, on which platform a1, pid ${process.pid} ` +
      'is running; stop it, name another database, or start with --join to run beside it',
  });
});

test('a platform that joins belongs to the stack of the first', async () => {
  const { stackId } = await start('a1');

  expect((await start('b2', true)).stackId).toBe(stackId);
});

test('the stack keeps its id over restarts', async () => {
  const first = await start('a1');
  await first.member.leave();

  expect((await start('a2')).stackId).toBe(first.stackId);
});

test('a platform that joined keeps others out after the first has ended', async () => {
  const first = await start('a1');
  await start('b2', true);
  await first.member.leave();

  await expect(start('c3')).rejects.toThrow('on which platform b2, pid');
});

test('of two platforms that start at once, one is refused', async () => {
  const starts = await Promise.allSettled([start('a1'), start('b2')]);

  expect(starts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('two platforms that both join start at once', async () => {
  const [first, second] = await Promise.all([start('a1', true), start('b2', true)]);

  expect(first.stackId).toBe(second.stackId);
});

const SESSIONS_OF_A1 = `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tuningfork a1 %'`;

/** Ends the session of platform a1, and runs a statement before a1 has its lock again. */
async function interrupt(statement: string): Promise<void> {
  const client = new Client({ connectionString: database().url });
  await client.connect();
  try {
    await client.query(SESSIONS_OF_A1);
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.stack]);
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const hasLock = async (): Promise<boolean> => {
  const rows = await owner.query<{ isHeld: boolean }>(
    `select exists (select from pg_locks where locktype = 'advisory' and granted and objid = $1) as "isHeld"`,
    [ADVISORY_LOCKS.stack],
  );
  return rows[0]!.isHeld;
};

test('a platform has its lock again after a lost connection', async () => {
  await start('a1');
  await interrupt('select');
  await until(predicateToHold('a1 to hold its lock', hasLock), livenessDeadline());

  await expect(start('b2')).rejects.toMatchObject({ code: 'DB_OWNED_BY_OTHER_STACK' });
});

test('a platform whose database was taken meanwhile is notified', async () => {
  const { member } = await start('a1');
  await interrupt(`update stack_stamp set opened_by = 'b2'`);

  await expect(member.replaced).resolves.toMatchObject({ code: 'DB_OWNED_BY_OTHER_STACK' });
});

/** Brings the database up to date for a platform that runs on it, after a file has changed. */
async function upgrade(schema: string): Promise<void> {
  await owner.query(`update migration_function set checksum = 'of another build' where name = 'frozen_tenants.sql'`);
  try {
    await migrate(database().url, null, { beforeUpgrade: (client) => rejectOtherBuilds(client, schema) });
  } finally {
    await migrate(database().url);
  }
}

test('a build that changes the database is refused beside another one', async () => {
  await start('a1', false, 'of this build');
  await start('b2', true, 'of the next build');

  await expect(upgrade('of the next build')).rejects.toMatchObject({
    code: 'OTHER_BUILD_RUNNING',
    message:
      'OTHER_BUILD_RUNNING: this build changes the tables or functions of the database, on which platform a1, pid ' +
      `${process.pid} of another build is running; stop all platforms of the other build first`,
  });
});

test('platforms of one build that start at once change the database', async () => {
  await start('a1', false, 'of the next build');
  await start('b2', true, 'of the next build');

  await expect(upgrade('of the next build')).resolves.toBeUndefined();
});

test('a build that changes nothing runs beside platforms of another one', async () => {
  await start('a1', false, 'of this build');

  await expect(
    migrate(database().url, null, { beforeUpgrade: (client) => rejectOtherBuilds(client, 'of the next build') }),
  ).resolves.toBeUndefined();
});

test('a platform shows its build again after a lost connection', async () => {
  await start('a1', false, 'of the next build');
  await interrupt('select');
  await until(predicateToHold('a1 to hold its lock', hasLock), livenessDeadline());

  await expect(upgrade('of the next build')).resolves.toBeUndefined();
});

test('a session that is alone is refused while a platform runs', async () => {
  const { stackId } = await start('a1');
  const name = new URL(database().url).pathname.slice(1);

  await expect(connectAlone(database().url, 'rotation')).rejects.toMatchObject({
    message:
      `DB_OWNED_BY_OTHER_STACK: database ${name} belongs to stack ${stackId}, on which platform a1, pid ${process.pid} ` +
      'is running; stop it first',
  });
});

test('a session that is alone keeps every platform out until it ends', async () => {
  const first = await start('a1');
  await first.member.leave();
  const session = await connectAlone(database().url, 'rotation');
  await expect(start('b2')).rejects.toThrow(`on which platform rotation, pid ${process.pid} is running`);
  await expect(connectAlone(database().url, 'rotation')).rejects.toMatchObject({ code: 'DB_OWNED_BY_OTHER_STACK' });
  await session.end();

  expect((await start('c3')).stackId).toBe(first.stackId);
});

test('a platform that comes back after a session that was alone is replaced', async () => {
  const { member, stackId } = await start('a1');
  await member.leave();
  const session = await connectAlone(database().url, 'rotation');

  expect((await session.query('select stack_id, opened_by from stack_stamp')).rows).toEqual([
    { stack_id: stackId, opened_by: 'rotation' },
  ]);
  await session.end();
});

test('a session that is alone waits for locks of rows as long as it takes', async () => {
  await (await start('a1')).member.leave();
  const session = await connectAlone(database().url, 'rotation');

  expect((await session.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '0' }]);
  await session.end();
});

test('a session is alone only on a database on which a platform has started', async () => {
  await expect(connectAlone(database().url, 'rotation')).rejects.toMatchObject({
    code: 'DB_WITHOUT_PLATFORM',
    isUsage: true,
  });
});
