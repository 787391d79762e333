// Spec: a workflow runs each of a hundred tasks once, along its edges, and keeps each output.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { stays } from '../../../helpers/scenario/polling';
import { onlyChildOfTask } from '../../../helpers/scenario/resources/child-executions';
import { runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const LENGTH = 50;
const numbers = Array.from({ length: LENGTH }, (_, n) => n + 1);
/** Each is started by the one before it. */
const chain = numbers.map((n) => `c${n}`);
/** All are started by the last of the chain. */
const fan = numbers.map((n) => `f${n}`);
const NAMES = [...chain, ...fan];
const LAST = chain.at(-1)!;

/** Returns the parameter `value`, which is made from the output of the task before it. */
const valueTask = (ctx: Context, name: string, value: string | number, ...next: string[]): Task =>
  task(ctx, name, 'echo-params', { value }, ...(next.length > 0 ? [onSuccess(...next)] : []));

const valueOf = (name: string): string => `task.${name}.params.value`;

const tasksOf = (ctx: Context): Task[] => [
  ...numbers.map((n) =>
    valueTask(ctx, `c${n}`, n === 1 ? 1 : `{{ ${valueOf(`c${n - 1}`)} + 1 }}`, ...(n === LENGTH ? fan : [`c${n + 1}`])),
  ),
  ...numbers.map((n) => valueTask(ctx, `f${n}`, `{{ ${valueOf(LAST)} * 1000 + ${n} }}`)),
];

const OUTPUTS = Object.fromEntries([
  ...numbers.map((n) => [`c${n}`, n] as const),
  ...numbers.map((n) => [`f${n}`, LENGTH * 1_000 + n] as const),
]);

/** All tasks completed, each was started by the one that names it, and ran after that. */
async function expectStartedInTurn(ctx: Context, id: number): Promise<void> {
  const children = await ctx.client.executions.children(id);
  expect(children.map(({ status }) => status)).toEqual(NAMES.map(() => 'completed'));
  const [inChain, inFan] = [chain, fan].map((names) => names.map((name) => onlyChildOfTask(name, children)));
  const startedBy = (child: (typeof children)[number]) => child.workflow_task?.triggered_by ?? null;
  expect(inChain!.map(startedBy)).toEqual([null, ...chain.slice(0, -1)]);
  expect(inFan!.map(startedBy)).toEqual(fan.map(() => LAST));
  expectOrder(ctx, inChain!);
  const end = recordedInterval(onlyChildOfTask(LAST, children)).finish;
  expect(inFan!.filter((child) => recordedInterval(child).start < end)).toEqual([]);
}

const NEEDS = ['executions.intervals', 'ledger.shared'];

claim('T3.25a', NEEDS, 'fifty tasks in a row start fifty more, and no output is lost', async (ctx) => {
  await ctx.pack('e2e');
  const output_map = Object.fromEntries(NAMES.map((name) => [name, `{{ ${valueOf(name)} }}`]));

  const id = await startWorkflow(ctx, tasksOf(ctx), { output_map });

  const starts = () => ctx.ledger.entries(undefined, 'start').length;
  await stays(starts, NAMES.length, executionToBe('completed', ctx.client, id), ctx.quietMs, ctx.deadline);
  expect(NAMES.filter((name) => runsOf(ctx, name) !== 1)).toEqual([]);
  expect((await ctx.client.executions.get(id)).result).toEqual({ succeeded: true, ...OUTPUTS });
  await expectStartedInTurn(ctx, id);
});
