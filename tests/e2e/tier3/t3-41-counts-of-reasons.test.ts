// Spec: reasons count all that they are about, and name the first of these.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { itemsOf, range } from '../../../helpers/scenario/resources/list-task';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['executions.waiting', 'inquiries.ask', 'workflows.with_items'];

/** Lists of so many items, of which some are open: more than one response has reasons for. */
const LISTS = ['a', 'b', 'c', 'd', 'e'];
const [ITEMS, OPEN] = [24, 22];
/** Ids in one reason, and reasons in one response. */
const [NAMED, SHOWN] = [20, 100];
const LEFT_OUT = LISTS.length * (NAMED + 2) - SHOWN;

claim('T3.41d', NEEDS, 'reasons count all executions, and name the first twenty of them', async (ctx) => {
  const lists = LISTS.map((name) => ({ ...inquiryTask({}), name, with_items: range(ITEMS), concurrency: OPEN }));
  const id = await startWorkflow(ctx, lists);
  const { waiting } = ctx.client.executions;
  const areRequested = async () =>
    (await waiting(id)).reasons.filter(({ kind }) => kind === 'inquiry').length === SHOWN - (2 * LISTS.length - 1);
  await until(predicateToHold('the inquiries to be created', areRequested), ctx.deadline);

  const { reasons, left_out } = await waiting(id);

  const items = (await Promise.all(LISTS.map((name) => itemsOf(ctx, id, name)))).map((all) =>
    all.map((each) => each.id),
  );
  const named = items.map((all) => all.slice(0, NAMED));
  const expected = LISTS.flatMap((task, n) => [
    { kind: 'child', execution: id, task, executions: named[n], open: ITEMS },
    ...named[n]!.map((execution) => ({ kind: 'inquiry', execution })),
    { kind: 'task_concurrency', execution: items[n]![OPEN], holders: named[n], used: OPEN, waiting: ITEMS - OPEN },
  ]);
  expect(reasons).toMatchObject(expected.slice(0, SHOWN));
  expect(left_out).toBe(LEFT_OUT);
  const [first, turn] = reasons.filter(({ kind }) => kind !== 'inquiry').map(({ text }) => text);
  const others = (count: number) => `executions ${named[0]!.join(', ')} and ${count - NAMED} others`;
  expect(first).toBe(`execution ${id} waits for ${others(ITEMS)} of task a to end`);
  expect(turn).toContain(`${OPEN} of ${OPEN} places are used, by ${others(OPEN)}`);
});
