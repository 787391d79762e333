// Spec: packs with contradictory requirements exist side by side, and a change of one leaves the
// other unchanged.
import { existsSync, writeFileSync } from 'node:fs';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectConcurrent } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

type Pack = Awaited<ReturnType<Context['pack']>>;

const NEEDS = ['runtimes.python', 'packages.offline', 'ledger.shared'];

interface Imported {
  readonly modules: Readonly<Record<string, { readonly version: string; readonly inside: boolean }>>;
  /** Of the environment. */
  readonly root: string;
  /** A new installation changes it. */
  readonly stamp: string;
}

/** Two packs that pin different versions of one package. */
const twoPacks = async (ctx: Context): Promise<readonly [Pack, Pack]> => [
  await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==1.0.0'] }),
  await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==2.0.0'] }),
];

const startImport = async (ctx: Context, { ref }: Pack, more: Parameters = {}): Promise<number> => {
  const parameters = { ...ctx.ledgerInput(ref), modules: { e2e_dep: 'e2e-dep' }, ...more };
  return (await ctx.client.executions.execute({ action_ref: `${ref}.py-import`, parameters })).id;
};

const imported = async (ctx: Context, id: number) => {
  const execution = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return { execution, data: (execution.result as unknown as { data: Imported }).data };
};

const importIn = async (ctx: Context, pack: Pack): Promise<Imported> =>
  (await imported(ctx, await startImport(ctx, pack))).data;

const versionIn = (version: string) => ({ modules: { e2e_dep: { version, inside: true } } });

const TOGETHER = [...NEEDS, 'workers.slots', 'executions.intervals'];

claim('T3.19a', TOGETHER, 'two packs each import their own version, also at the same time', async (ctx) => {
  const packs = await twoPacks(ctx);
  const alone = [await importIn(ctx, packs[0]), await importIn(ctx, packs[1])];
  const meeting = { room: `${ctx.ledger.path}.room`, n: 2 };

  const ids = await Promise.all(packs.map((pack) => startImport(ctx, pack, meeting)));
  const together = await Promise.all(ids.map((id) => imported(ctx, id)));

  expect(alone).toMatchObject([versionIn('1.0.0'), versionIn('2.0.0')]);
  expect(alone[0]!.root).not.toBe(alone[1]!.root);
  expect(together.map(({ data }) => data)).toEqual(alone);
  const executions = together.map(({ execution }) => execution);
  expectConcurrent(ctx, executions);
});

/** Starts an import that waits for its gate, and returns its id and the gate once it runs. */
const startHeld = async (ctx: Context, pack: Pack) => {
  const gate = `${ctx.ledger.path}.gate`;
  const id = await startImport(ctx, pack, { ...ctx.ledgerInput('running'), gate });
  await until(
    predicateToHold('the action to run', () => runsOf(ctx, 'running') === 1),
    ctx.deadline,
  );
  return { id, gate };
};

claim('T3.19b', NEEDS, 'an upgrade of one pack leaves the other and its running work unchanged', async (ctx) => {
  const [a, b] = await twoPacks(ctx);
  const before = await importIn(ctx, a);
  expect(await importIn(ctx, b)).toMatchObject(versionIn('2.0.0'));
  const running = await startHeld(ctx, a);

  await ctx.ownCopy('e2e-python', { requires: ['e2e-dep==3.0.0'], replaces: b });
  const upgraded = await importIn(ctx, b);
  writeFileSync(running.gate, '');
  const finished = await imported(ctx, running.id);

  expect(upgraded).toMatchObject(versionIn('3.0.0'));
  expect(finished.data).toEqual(before);
  expect(await importIn(ctx, a)).toEqual(before); // with the same stamp: nothing was installed again
  expect(runsOf(ctx, 'running')).toBe(1);
});

claim('T3.19c', NEEDS, 'the removal of one pack removes its environment alone', async (ctx) => {
  const [a, b] = await twoPacks(ctx);
  const [inA, inB] = [await importIn(ctx, a), await importIn(ctx, b)];
  expect([existsSync(inA.root), existsSync(inB.root)]).toEqual([true, true]);

  await ctx.client.packs.remove(b.ref);

  const action_ref = `${b.ref}.py-import`;
  await expect(ctx.client.executions.execute({ action_ref })).rejects.toMatchObject({ status: 404 });
  await expect(ctx.client.actions.get(action_ref)).rejects.toMatchObject({ status: 404 });
  await until(
    predicateToHold('the environment to be removed', () => !existsSync(inB.root)),
    ctx.deadline,
  );
  expect(await importIn(ctx, a)).toEqual(inA);
});
