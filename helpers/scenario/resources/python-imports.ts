import { environmentToBe } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import { waitForStatus } from './ended-executions';
import type { Parameters } from './workflow-task';

type Pack = Awaited<ReturnType<Context['pack']>>;

/** Starts an action of a pack. Returns the id of the execution. */
export const startOf = async (ctx: Context, pack: Pack, action: string, parameters: Parameters): Promise<number> =>
  (await ctx.client.executions.execute({ action_ref: `${pack.ref}.${action}`, parameters })).id;

/** The output of an execution, once it has completed. */
export const dataOf = async (ctx: Context, id: number) => {
  const { result } = await waitForStatus(ctx, id);
  return (result as { data: Record<string, unknown> }).data;
};

/**
 * Starts `py-import`, which appends to the ledger under the label before it imports the modules.
 */
export const startImport = (
  ctx: Context,
  pack: Pack,
  modules: Record<string, string> = { e2e_dep: 'e2e-dep' },
  label = 'import',
): Promise<number> => startOf(ctx, pack, 'py-import', { ...ctx.ledgerInput(label), modules });

/** The output of `py-import` of this pack for `e2e-dep`. */
export const importNow = async (ctx: Context, pack: Pack) => dataOf(ctx, await startImport(ctx, pack));

/**
 * The output of `py-import` for this version of `e2e-dep`, imported from the pack's environment.
 */
export const importedVersion = (version: string) => ({
  modules: { e2e_dep: { version, inside: true } },
  system: false,
  managed: true,
});

/** The last line of the error of a process that cannot import this module. */
export const importError = (module: string): string =>
  expect.stringContaining(`ModuleNotFoundError: No module named '${module}'`) as string;

/** The Python environment of the pack, where the target shows it, comes to have these fields. */
export async function expectEnvironment(
  ctx: Context,
  { ref }: Pack,
  status: 'ready' | 'failed',
  fields: object,
): Promise<void> {
  if (!ctx.canProve('packs.environments')) return;
  expect(await until(environmentToBe(status, ctx.client, ref, 'python'), ctx.deadline)).toMatchObject(fields);
}
