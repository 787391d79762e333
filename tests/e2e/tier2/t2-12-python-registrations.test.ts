// Spec: a registration replaces the packages of a pack, and repairs those that failed to install.
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { waitForStatus, type Execution } from '../../../helpers/scenario/resources/ended-executions';
import {
  expectEnvironment,
  importedVersion,
  importError,
  importNow,
  startImport,
} from '../../../helpers/scenario/resources/python-imports';

const NEEDS = ['runtimes.python', 'packages.offline', 'ledger.shared'];

/** How long an install that cannot succeed may delay an execution, beside others, seconds. */
const FAILED_INSTALL_SECONDS = 10;

/** It waited for no installer that tries again. */
const expectNoSecondInstall = (ctx: Context, execution: Execution) => {
  const waitedMs = recordedInterval(execution).finish - parseInstant(execution.created);
  ctx.expectAtMost(FAILED_INSTALL_SECONDS * ctx.facts.loadFactor, waitedMs / 1_000);
};

const INTERVALS = [...NEEDS, 'executions.intervals'];

claim('T2.12e', INTERVALS, 'a failed install fails the action until a registration repairs it', async (ctx) => {
  const { yaml } = ctx.facts.python;
  const broken = await ctx.ownCopy('e2e-python', { requires: [`${yaml.name}==${yaml.version}`, 'e2e-dep==9.9.9'] });

  const id = await startImport(ctx, broken, undefined, 'broken');
  const failed = await waitForStatus(ctx, id, 'failed');
  await expectEnvironment(ctx, broken, 'failed', { failing_requirement: 'e2e-dep==9.9.9', built_at: null });
  const runs = await ctx.client.executions.list({ action_ref: `${broken.ref}.py-import` });
  const repaired = await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'], replaces: broken });
  const data = await importNow(ctx, repaired);

  expectNoSecondInstall(ctx, failed);
  expect(failed.result).toMatchObject({ exit_code: 1, error: importError('e2e_dep') });
  expect(failed.result).not.toHaveProperty('stdout'); // nothing was imported
  expect(ctx.ledger.count(`${ctx.nonce}-broken`)).toBe(1);
  expect(runs.map((run) => run.id)).toEqual([id]);
  expect(data).toMatchObject(importedVersion('1.0.0'));
  await expectEnvironment(ctx, broken, 'ready', { failing_requirement: null });
});

claim('T2.12f', NEEDS, 'a registration with another pin replaces what the pack declared', async (ctx) => {
  const { client, facts } = ctx;
  const pack = await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'] });
  const action = `${pack.ref}.py-import`;
  const { id, label } = await client.actions.get(action);
  await client.actions.update(action, { label: ctx.nonce });
  const imported = await importNow(ctx, pack);

  const other = { requires: ['e2e-dep==2.0.0'] };
  const options = { ...other, vendored: facts.vendored };
  const unforced = uploadFixture(client, 'e2e-python', pack.ref, `${facts.directory}/fixtures`, options);
  await expect(unforced).rejects.toMatchObject({ status: 409 });
  expect(await importNow(ctx, pack)).toEqual(imported);
  await ctx.ownCopy('e2e-python', { ...other, replaces: pack });

  expect([imported, await importNow(ctx, pack)]).toMatchObject(['1.0.0', '2.0.0'].map(importedVersion));
  const changed = await client.actions.get(action);
  expect([changed.id, changed.label]).toEqual([id, label]);
});

/** A component of each kind that the API adds to a pack. Returns what lists those of the pack. */
const addComponents = async ({ client }: Context, pack_ref: string) => {
  const made = { ref: `${pack_ref}.made`, pack_ref, label: 'made' };
  await client.actions.create({ ...made, entrypoint: 'true', runtime_ref: 'core.shell' });
  await client.workflows.create({ ...made, ref: `${pack_ref}.flow`, version: '1.0.0', definition: DEFINITION });
  await client.triggers.create(made);
  const sensor = { entrypoint: 'watch.sh', runtime_ref: 'core.shell', trigger_ref: made.ref };
  await client.sensors.create({ ...made, ...sensor, enabled: false });
  await client.rules.create({ ...made, trigger_ref: made.ref, action_ref: made.ref });
  await client.runtimes.create({ ...made, name: 'made', distributions: {}, execution_config: {} });
  const { actions, workflows, triggers, sensors, rules, runtimes } = client.packs;
  return async () => {
    const lists = { actions, workflows, triggers, sensors, rules, runtimes };
    const refs = Object.entries(lists).map(async ([kind, list]) => {
      const names = (await list(pack_ref)).map(({ ref }) => ref.slice(pack_ref.length + 1));
      return [kind, names.filter((name) => name === 'made' || name === 'flow').sort()] as const;
    });
    return Object.fromEntries(await Promise.all(refs)) as object;
  };
};

const DEFINITION = { ref: 'any.flow', label: 'made', version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };

claim('T2.12g', NEEDS, 'a registration removes what its files omit, and keeps what the API added', async (ctx) => {
  const { client } = ctx;
  const pack = await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'] });
  const { ref } = pack;
  const addedTo = await addComponents(ctx, ref);
  const { config } = await client.packs.update(ref, { config: { site: ctx.nonce } });

  await ctx.ownCopy('e2e-values', { replaces: pack });

  expect((await client.packs.get(ref)).config).toEqual(config);
  const names = (await client.packs.actions(ref)).map((action) => action.ref.slice(ref.length + 1));
  expect(names).toEqual(expect.arrayContaining(['made', 'print-json']));
  expect(names.filter((name) => name.startsWith('py-'))).toEqual([]);
  const one = ['made'];
  const others = { triggers: one, sensors: one, rules: one, runtimes: one };
  expect(await addedTo()).toEqual({ actions: ['flow', 'made'], workflows: ['flow'], ...others });
});
