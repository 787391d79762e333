// Spec: a list of more items than the platform writes at once has each of them once.
import { writeFileSync } from 'node:fs';
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { indexesOf, itemsOf, range, startEach } from '../../../helpers/scenario/resources/list-task';
import { until } from '../../../helpers/scenario/polling';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const COUNT = 1_001;
/** Items at the ends of the list, and in its middle. */
const READ = [1, 499, 500, 501, 999, 1_000];

const NEEDS = ['workflows.with_items', 'executions.cancel', 'ledger.shared'];

claim('T2.10j', NEEDS, 'a long list has each item once, and a cancellation ends the rest', async (ctx) => {
  await ctx.pack('e2e');
  const { executions } = ctx.client;
  const gate = `${ctx.ledger.path}.gate`;
  const input = { exits: 'gate0', gate, n: '{{ item.n }}' };
  const items = range(COUNT).map((n) => ({ n: 2 * n }));
  const id = await startEach(ctx, 1, items, task(ctx, 'each', 'exit-by-attempt', input));
  await until(
    predicateToHold('the first item to run', () => runsOf(ctx, 'each') === 1),
    ctx.deadline,
  );

  const all = await itemsOf(ctx, id);
  const inMiddle = all.filter(({ workflow_task: of }) => READ.includes(of?.task_index ?? -1));
  const read = await Promise.all(inMiddle.map((item) => executions.get(item.id)));
  await executions.cancel(id);
  writeFileSync(gate, ''); // the one that runs may end
  await waitForStatus(ctx, id, 'cancelled');

  expect(indexesOf(all)).toEqual(range(COUNT));
  expect(read.map(({ config, workflow_task: of }) => [of?.task_index, config?.n])).toEqual(READ.map((n) => [n, 2 * n]));
  const [first, ...others] = (await itemsOf(ctx, id)).map(({ status }) => status);
  expect([first, new Set(others)]).toEqual(['completed', new Set(['cancelled'])]);
  expect(runsOf(ctx, 'each')).toBe(1);
});
