// Spec: a new version of a pack applies to what starts after it, and changes nothing that runs.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Uploads the pack in this version, with these actions. */
async function upload(ctx: Context, pack: string, version: string, actions: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(ctx.facts.directory, 'reload-'));
  try {
    mkdirSync(join(directory, 'actions'));
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

/** Uploads the first version of a new pack for this test, with the actions `old` and `both`. */
const createFirst = async (ctx: Context): Promise<string> => {
  const pack = ctx.name('pack');
  await upload(ctx, pack, FIRST, ['old', 'both']);
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

claim('T3.27b', ['core'], 'an action that a new version lacks is removed', async (ctx) => {
  const { actions, executions } = ctx.client;
  const pack = await createFirst(ctx);
  expect((await actions.get(`${pack}.old`)).ref).toBe(`${pack}.old`);

  await upload(ctx, pack, SECOND, ['both', 'new']);

  await expect(actions.get(`${pack}.old`)).rejects.toMatchObject({ status: 404 });
  await expect(executions.execute({ action_ref: `${pack}.old` })).rejects.toMatchObject({ status: 404 });
  expect((await actions.get(`${pack}.both`)).ref).toBe(`${pack}.both`);
});
