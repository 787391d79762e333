// Spec: a key reaches only the process that needs it, and a platform's token ends with its run.
import { createHash } from 'node:crypto';
import { createClient } from '../../../../helpers/client/client';
import { runSuite } from '../../support/commands/suite-run';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until, type Condition } from '../../../../helpers/scenario/polling';
import { ancestors, hasVariables, hostPids, readOrEmpty } from '../../../../helpers/scenario/processes';
import { readCredential } from '../../support/workers/arm-credential';
import { outputOf } from '../../../../helpers/scenario/resources/output-of';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const withKey = systemTestNeeding('credentials.user', 'sql', 'host.processes', 'secrets.redaction', 'executions.log');
const test = systemTestNeeding('host.processes');

const HOLD_SECONDS = 4;
const SUITE_SECONDS = 150;

const PRINT_KEY = `printf %s "$api_key" | sha256sum | cut -c 1-64; echo "$api_key"; sleep ${HOLD_SECONDS}`;
const KEY_SCHEMA = { api_key: { type: 'string', secret: true }, label: { type: 'string' } };

/** Processes of the execution on this host, as soon as there is one. */
const processesToRun = (execution: number): Condition<number[]> => ({
  name: `execution ${execution} to have a process on this host`,
  check: () => {
    const pids = hostPids().filter((pid) => hasVariables(pid, [`ATTUNE_EXEC_ID=${execution}`]));
    return Promise.resolve(pids.length > 0 ? { is: 'met', value: pids } : { is: 'pending', why: 'it has none' });
  },
});

/** What the process list shows of processes: their variables and command lines. */
const shownOf = (pids: readonly number[]): string[] =>
  pids.flatMap((pid) => [readOrEmpty(`/proc/${pid}/environ`), readOrEmpty(`/proc/${pid}/cmdline`)]);

withKey('S1-16 a user key reaches only the process that needs it', async (ctx) => {
  const { client, deadline, nonce: label } = ctx;
  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const key = readCredential('shell+user');
  const pack = await ctx.ownPack();
  const action = await createScriptAction(ctx, pack, PRINT_KEY, KEY_SCHEMA);
  const other = await createScriptAction(ctx, pack, `sleep ${HOLD_SECONDS}; exit`);
  ctx.plan(HOLD_SECONDS * 1_000);

  const { id: sibling } = await client.executions.execute({ action_ref: other });
  const { id } = await client.executions.execute({ action_ref: action, parameters: { api_key: key, label } });
  const own = await until(processesToRun(id), deadline);
  const shown = shownOf([...own, ...(await until(processesToRun(sibling), deadline))]);
  const ended = await until(executionToBe('completed', client, id), deadline);

  const stdout = await outputOf(ctx, id, 'stdout');
  expect(stdout.split('\n')[0]).toBe(createHash('sha256').update(key).digest('hex'));
  const log = await until(logToEnd(client, id), deadline);
  const records = [stdout, JSON.stringify([ended, log])];
  expect([...shown, ...records].filter((text) => text.includes(key))).toEqual([]);
  expect([records.join().includes(label), await database.tablesContaining([key])]).toEqual([true, []]);
  expect(await database.tablesContaining([label])).not.toEqual([]);
});

const ONLY_KEY_TEST = ['tests/e2e/systems/workers/s1-arm-credentials', '-t', 'reaches only the process'];

test('S1-16 without a key the arm is not proven, and both names are printed', SUITE_SECONDS, async (ctx) => {
  const { output } = await runSuite(ctx, ONLY_KEY_TEST, { RELAY_API_KEY: '', RELAY_TOKEN: '' });

  expect(output).toContain(
    'NOT PROVEN s1_arm_credentials/S1-16 (credentials.user): neither RELAY_API_KEY nor RELAY_TOKEN is set',
  );
  expect(output).toContain('proved 0 of 1');
});

test('S1-16 the first variable that is set has the key; its name is printed', 2 * SUITE_SECONDS, async (ctx) => {
  const [RELAY_API_KEY, RELAY_TOKEN] = [ctx.name('first-key'), ctx.name('second-key')];

  const [second, both] = await Promise.all([
    runSuite(ctx, ONLY_KEY_TEST, { RELAY_API_KEY: '', RELAY_TOKEN }),
    runSuite(ctx, ONLY_KEY_TEST, { RELAY_API_KEY, RELAY_TOKEN }),
  ]);

  expect([second.code, both.code]).toEqual([0, 0]);
  expect(second.output).toContain('shell+user has its key from RELAY_TOKEN\n');
  expect(both.output).toContain('shell+user has its key from RELAY_API_KEY\n');
  for (const { output } of [second, both]) {
    expect(output).toContain('proved 1 of 1');
    expect([RELAY_API_KEY, RELAY_TOKEN].filter((key) => output.includes(key))).toEqual([]);
  }
});

const TOKEN_VARIABLE = /(?:^|\0)ATTUNE_API_TOKEN=([^\0]+)/;
const tokenOf = (pid: number): string | null => TOKEN_VARIABLE.exec(readOrEmpty(`/proc/${pid}/environ`))?.[1] ?? null;

/** A client with the token of the execution's process, and the processes that it comes from. */
async function clientOfProcess({ facts, deadline }: Context, id: number) {
  const [pid = 0] = await until(processesToRun(id), deadline);
  const token = tokenOf(pid);
  if (token === null) throw new Error(`the process ${pid} of execution ${id} has no token`);
  return { client: createClient({ baseUrl: facts.url, token }), parents: ancestors(pid).slice(1) };
}

test('S1-17 the token of a run ends with it, and its worker has none', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), `sleep ${HOLD_SECONDS}; exit`);
  const before = hostPids().map((pid) => ({ pid, token: tokenOf(pid) }));
  ctx.plan(HOLD_SECONDS * 1_000);

  const { id } = await ctx.client.executions.execute({ action_ref: action, permission_set_refs: ['core.viewer'] });
  const { client, parents } = await clientOfProcess(ctx, id);
  const during = await client.packs.get('core');
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(during.ref).toBe('core');
  await expect(client.packs.get('core')).rejects.toMatchObject({ status: 401 });
  const workers = before.filter(({ pid }) => parents.includes(pid));
  expect(workers.length).toBeGreaterThan(0);
  expect(workers.filter(({ token }) => token !== null)).toEqual([]);
});
