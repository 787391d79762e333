// Spec: a new version of a pack applies to what starts after it, and changes nothing that runs.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';

/** Prints its version once its gate exists; `start` is written before. */
const script = (version: string) => `#!/bin/sh
read -r params
gate=\${params#*\\"gate\\":\\"} gate=\${gate%%\\"*}
echo start >>"$gate.started"
until [ -e "$gate" ]; do sleep 0.1; done
echo '{"version": "${version}"}'
`;

const action = (pack: string, name: string) => `ref: ${pack}.${name}
label: ${name}
runner_type: shell
entry_point: print-version.sh
output_format: json
parameters:
  gate: {type: string, required: true}
`;

/** A component of each other kind, by its file. */
const componentsOf = (pack: string): Readonly<Record<string, string>> => ({
  'permission_sets/readers.yaml': `ref: ${pack}.readers\ngrants: [{resource: packs, actions: [read]}]\n`,
  'runtimes/posix.yaml': `ref: ${pack}.posix\nname: posix\nexecution_config: {interpreter: {binary: sh}}\n`,
  'triggers/hook.yaml': `ref: ${pack}.hook\n`,
  'sensors/watch.yaml': `ref: ${pack}.watch\nentry_point: watch.sh\ntrigger_types: [hook]\nenabled: false\n`,
  'workflows/flow.yaml': 'version: 1.0.0\ntasks:\n  - {name: one, action: core.noop}\n',
  'rules/on-hook.yaml': `ref: ${pack}.on-hook\ntrigger_ref: hook\naction_ref: both\n`,
  'queues/jobs.yaml': `ref: ${pack}.jobs\ndispatch_action: ${pack}.both\n`,
});

/** Uploads the pack in this version, with these actions and files. */
async function upload(
  ctx: Context,
  pack: string,
  version: string,
  actions: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const directory = mkdtempSync(join(ctx.facts.directory, 'reload-'));
  try {
    mkdirSync(join(directory, 'actions'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(directory, dirname(path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    writeFileSync(join(directory, 'pack.yaml'), `ref: ${pack}\nlabel: reload\nversion: ${version}\n`);
    writeFileSync(join(directory, 'actions/print-version.sh'), script(version));
    for (const name of actions) writeFileSync(join(directory, `actions/${name}.yaml`), action(pack, name));
    await ctx.client.packs.upload(directory, { force: version !== FIRST });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const [FIRST, SECOND] = ['1.0.0', '2.0.0'];

/** Executes an action of the pack, whose program waits for this gate. Returns its id. */
const start = async ({ client }: Context, action_ref: string, gate: string): Promise<number> =>
  (await client.executions.execute({ action_ref, parameters: { gate } })).id;

/** The same, once its program runs. */
const startRunning = async (ctx: Context, action_ref: string, gate: string): Promise<number> => {
  const id = await start(ctx, action_ref, gate);
  await until(executionToBe('running', ctx.client, id), ctx.deadline);
  const hasStarted = () => existsSync(`${gate}.started`);
  await until(predicateToHold('its program to run', hasStarted), ctx.deadline);
  return id;
};

/**
 * Uploads the first version of a new pack for this test, with the actions `old` and `both`, and a
 * component of each other kind.
 */
const createFirst = async (ctx: Context): Promise<string> => {
  const pack = ctx.name('pack');
  await upload(ctx, pack, FIRST, ['old', 'both'], componentsOf(pack));
  ctx.defer(() => ctx.client.packs.remove(pack));
  return pack;
};

claim('T3.27a', ['ledger.shared'], 'a new version runs from its upload on, and leaves what runs', async (ctx) => {
  const pack = await createFirst(ctx);
  const gate = `${ctx.ledger.path}.gate`;
  const running = await startRunning(ctx, `${pack}.both`, gate);

  await upload(ctx, pack, SECOND, ['both', 'new']);
  writeFileSync(gate, '');

  const started = [await start(ctx, `${pack}.both`, gate), await start(ctx, `${pack}.new`, gate)];
  const ended = await Promise.all(
    [running, ...started].map((id) => until(executionToBe('completed', ctx.client, id), ctx.deadline)),
  );
  expect(ended.map(({ result }) => (result as { data: unknown }).data)).toEqual([
    { version: FIRST },
    { version: SECOND },
    { version: SECOND },
  ]);
  expect((await ctx.client.packs.get(pack)).version).toBe(SECOND);
});

/** Names of all components of a pack, by their kinds. */
async function componentsIn({ client }: Context, pack: string): Promise<Record<string, string[]>> {
  const { packs, queues, permissions } = client;
  const ofPack = <T extends { readonly pack_ref?: string | null }>(rows: readonly T[]): T[] =>
    rows.filter(({ pack_ref }) => pack_ref === pack);
  const lists = {
    actions: await packs.actions(pack),
    workflows: await packs.workflows(pack),
    triggers: await packs.triggers(pack),
    sensors: await packs.sensors(pack),
    rules: await packs.rules(pack),
    runtimes: await packs.runtimes(pack),
    queues: ofPack(await queues.list({})),
    sets: ofPack(await permissions.sets()),
  };
  return Object.fromEntries(
    Object.entries(lists).map(([kind, rows]) => [kind, rows.map(({ ref }) => ref.replace(`${pack}.`, '')).sort()]),
  );
}

claim('T3.27b', ['core'], 'a component of any kind that a new version lacks is removed', async (ctx) => {
  const { actions, executions } = ctx.client;
  const pack = await createFirst(ctx);
  const first = await componentsIn(ctx, pack);

  await upload(ctx, pack, SECOND, ['both', 'new']);

  const none = { workflows: [], triggers: [], sensors: [], rules: [], runtimes: [], queues: [], sets: [] };
  expect(first).toEqual({
    actions: ['both', 'flow', 'old'],
    workflows: ['flow'],
    triggers: ['hook'],
    sensors: ['watch'],
    rules: ['on-hook'],
    runtimes: ['posix'],
    queues: ['jobs'],
    sets: ['readers'],
  });
  expect(await componentsIn(ctx, pack)).toEqual({ ...none, actions: ['both', 'new'] });
  await expect(actions.get(`${pack}.old`)).rejects.toMatchObject({ status: 404 });
  await expect(executions.execute({ action_ref: `${pack}.old` })).rejects.toMatchObject({ status: 404 });
});
