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

const FIRST = '1.0.0';

claim('T3.27a', ['ledger.shared'], 'a new version runs from its upload on, and leaves what runs', async (ctx) => {
  const pack = ctx.name('pack');
  const gate = `${ctx.ledger.path}.gate`;
  const { executions, actions, packs } = ctx.client;
  const start = async (name: string) =>
    (await executions.execute({ action_ref: `${pack}.${name}`, parameters: { gate } })).id;
  const versionOf = async (id: number) =>
    (await until(executionToBe('completed', ctx.client, id), ctx.deadline)).result as object;
  await upload(ctx, pack, FIRST, ['old', 'both']);
  ctx.defer(() => packs.remove(pack));
  const running = await start('both');
  await until(executionToBe('running', ctx.client, running), ctx.deadline);
  await until(
    predicateToHold('its program to run', () => existsSync(`${gate}.started`)),
    ctx.deadline,
  );

  await upload(ctx, pack, '2.0.0', ['both', 'new']);
  writeFileSync(gate, '');

  expect(await versionOf(running)).toMatchObject({ data: { version: FIRST } });
  for (const name of ['both', 'new']) {
    expect(await versionOf(await start(name))).toMatchObject({ data: { version: '2.0.0' } });
  }
  expect((await packs.get(pack)).version).toBe('2.0.0');
  await expect(actions.get(`${pack}.old`)).rejects.toMatchObject({ status: 404 });
  await expect(executions.execute({ action_ref: `${pack}.old` })).rejects.toMatchObject({ status: 404 });
});
