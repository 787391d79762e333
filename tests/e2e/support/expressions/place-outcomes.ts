import { isObject, type Json } from '../../../../contract/json';
import type { Execution } from '../../../../contract/executions';
import type { Context } from '../../../../helpers/scenario/claim';
import { readExecutions, runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import type { AnyTask } from '../../../../helpers/scenario/resources/workflow-task';
import { AFTER_FIRST, AT_ENTRY, OF_ITEM, SEEN_BY_CHILD, tasksOfPlaces, tasksWith } from './places';
import { ALL_ROOTS, rootsIn, UNKNOWN_NAME } from './roots';

/** Skipped: its workflow ends at once. */
const NO_TASK = { name: 'T', action: 'core.noop', when: 'false' };

/** By task, its children. */
export async function childrenOf(ctx: Context, root: number): Promise<Map<string, Execution[]>> {
  const children = await readExecutions(ctx, await ctx.client.executions.children(root));
  const tasks = new Map<string, Execution[]>();
  for (const child of children) {
    const { task_name: task } = child.workflow_task!;
    tasks.set(task, [...(tasks.get(task) ?? []), child]);
  }
  return tasks;
}

const shownPlacement = ({ permission_set_refs, worker_selector, worker_tolerations, worker_affinity }: Execution) => ({
  permission_set_refs,
  worker_selector,
  worker_tolerations,
  worker_affinity,
});

export const faultOf = ({ result }: Execution): Json => {
  const { code, error } = isObject(result) ? result : {};
  return [code ?? null, error ?? null];
};

/** What became of an expression in each place of a workflow. */
export async function outcomesOfPlaces(ctx: Context) {
  await ctx.client.packs.update(await ctx.ownPack(), { config: { region: 'north' } });
  const ends = await ctx.workflow([NO_TASK], { name: 'ends', output_map: { x: '{{ 7 }}' } });
  const broken = { name: 'T', action: 'core.noop', input: { x: '{{ none }}' } };
  const fails = await ctx.workflow([broken], { name: 'fails' });
  const output_map = {
    roots: `{{ ${ALL_ROOTS} }}`,
    seen: '{{ workflow.seen }}',
    no_output: `{{ ${UNKNOWN_NAME} }}`,
    no_publish: '{{ workflow.no_publish | default("-") }}',
  };
  const tasks = tasksOfPlaces({ ends: ends.ref, fails: fails.ref }) as AnyTask[];
  const { ref } = await ctx.workflow(tasks, { vars: { v: 'V' }, output_map });

  const { id, result } = await runToEnd(ctx, ref, { p: 'P' });
  const children = await childrenOf(ctx, id);
  const configs = (task: string) => (children.get(task) ?? []).map(({ config }) => config);
  return {
    ...Object.fromEntries(['entry', 'input', 'with_items', 'item'].map((task) => [task, configs(task)])),
    batch: configs('batch').sort((a, b) => Number(a?.index) - Number(b?.index)),
    placement: ['child', 'item'].map((task) => (children.get(task) ?? []).map(shownPlacement)),
    conditions: [...children.keys()].filter((task) => task.endsWith('when')).sort(),
    attempts: ['on_error', 'no_on_error'].map((task) => children.get(task)?.length),
    result,
  };
}

/** Why a task with this expression in one place ended, for each place of a task. */
export async function faultsOfPlaces(ctx: Context, expression: string) {
  const ends = await ctx.workflow([NO_TASK], { name: 'ends' });
  const { ref } = await ctx.workflow(tasksWith(expression, ends.ref));

  const { id } = await runToEnd(ctx, ref, {}, 'failed');
  return Object.fromEntries([...(await childrenOf(ctx, id))].map(([task, children]) => [task, children.map(faultOf)]));
}

/** The same by the evaluator. */
export function expectedOutcomesOfPlaces() {
  const [entry, roots, item] = [AT_ENTRY, AFTER_FIRST, OF_ITEM].map(rootsIn);
  return {
    entry: [{ roots: entry }],
    input: [{ roots, nested: [{ roots }] }],
    with_items: [{ roots }],
    item: [{ roots: item }],
    batch: [
      { item: [0, 1], index: 0 },
      { item: [2, 3], index: 1 },
      { item: [4], index: 2 },
    ],
    placement: [[SEEN_BY_CHILD], [SEEN_BY_CHILD]],
    conditions: ['bare_when', 'next_when', 'no_next_when', 'when'],
    attempts: [1, 2],
    result: { succeeded: true, roots, seen: roots, no_publish: '-' },
  };
}

/** The same of an unknown name. */
export const expectedFaultsOfPlaces = () =>
  Object.fromEntries(
    tasksWith(UNKNOWN_NAME, '').map(({ name }) => [
      name,
      [['TEMPLATE_NAME', `Variable not found: event (column 1 of ${UNKNOWN_NAME})`]],
    ]),
  );
