// Spec: each round of what follows a loop has the result of its own round, and ends by itself.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { attemptsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  noopTask,
  parallelTask,
  type AnyTask,
  type Task,
  type Transition,
} from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.loops', 'workflows.with_items', 'inquiries.ask'];
const JOINED = [...NEEDS, 'workflows.join'];
const ROUNDS = 3;

/** Prints its round, of which it runs three, and names these tasks in each. */
const head = (...next: Transition[]): Task => ({
  name: 'head',
  action: 'core.echo',
  input: { message: 'round {{ workflow.n }}' },
  next: [...next, { when: `{{ workflow.n < ${ROUNDS} }}`, publish: [{ n: '{{ workflow.n + 1 }}' }], do: ['head'] }],
});

const ask = (name: string, prompt = '{{ result().stdout }}', more: Partial<Task> = {}): Task => ({
  name,
  action: 'core.ask',
  input: { prompt },
  ...more,
});

/** Waits until all rounds of `head` have ended. */
const headsToEnd = async (ctx: Context, id: number) => {
  const haveEnded = async () => (await attemptsOf(ctx, id, 'head'))[ROUNDS - 1]?.status === 'completed';
  await until(predicateToHold('the rounds of head to end', haveEnded), ctx.deadline);
};

/** Kinds of tasks that wait in each round, with the name of the task that asks. */
const WAITING: Readonly<Record<string, AnyTask>> = {
  action: ask('action'),
  item: { ...ask('item', '{{ item }}'), with_items: ['{{ result().stdout }}'] },
  part: parallelTask('group', [ask('part')]),
  'part of a list': parallelTask('groups', [
    ask('part of a list', '{{ item }}', { with_items: '{{ [result().stdout] }}' }),
  ]),
  condition: ask('condition', 'not round 2', { when: '{{ result().stdout != "round 2" }}' }),
};

claim('T2.18k', NEEDS, 'each kind of task has the result that named it while it ran', async (ctx) => {
  const tasks = Object.values(WAITING);
  const id = await startWorkflow(ctx, [head({ do: tasks.map(({ name }) => name) }), ...tasks], { vars: { n: 1 } });
  await headsToEnd(ctx, id);

  const answered = Object.keys(WAITING).map(async (name) => {
    const prompts: string[] = [];
    for (const round of name === 'condition' ? [0, 1] : [0, 1, 2]) {
      const inquiry = await inquiryOfRun(ctx, id, name, round);
      prompts.push(inquiry.prompt);
      await ctx.client.inquiries.respond(inquiry.id, {});
    }
    return [name, prompts];
  });
  const found: object = Object.fromEntries(await Promise.all(answered));
  await waitForStatus(ctx, id);

  const rounds = ['round 1', 'round 2', 'round 3'];
  const expected = Object.keys(WAITING).map((name) => [name, rounds]);
  expect(found).toEqual({ ...Object.fromEntries(expected), condition: ['not round 2', 'not round 2'] });
  expect((await attemptsOf(ctx, id, 'condition')).map(({ workflow_task: of }) => of?.round)).toEqual([1, 3]);
});

claim('T2.18l', JOINED, 'a join after a loop is of the later round of what meets it', async (ctx) => {
  const tasks = [
    head({ do: ['slow'] }, { when: '{{ workflow.n > 1 }}', do: ['joined'] }),
    ask('slow', 'wait', { next: [{ do: ['joined'] }] }),
    { ...noopTask('joined'), join: 2 },
  ];
  const id = await startWorkflow(ctx, tasks, { vars: { n: 1 } });
  await headsToEnd(ctx, id);

  const joined: number[] = [];
  for (const round of [0, 1, 2]) {
    await ctx.client.inquiries.respond((await inquiryOfRun(ctx, id, 'slow', round)).id, {});
    if (round < 2) await inquiryOfRun(ctx, id, 'slow', round + 1);
    else await waitForStatus(ctx, id);
    joined.push((await attemptsOf(ctx, id, 'joined')).length);
  }

  expect(joined).toEqual([1, 1, 2]); // slow of round 2 is not of a later round than head of round 2
});

/** What a round of F ends as, and whether what it then names runs. */
const ENDS = ['completed', 'handled', 'skipped', 'unhandled'] as const;

/** F ends as its predecessor prints it; its last round completes. */
const LOOP_OF_ENDS = [
  { ...head({ do: ['F'] }), input: { message: '{{ parameters.ends[workflow.n - 1] }}' } },
  noopTask('F', {
    input: { message: '{{ result().stdout }}', exit_code: '{{ parameters.codes[result().stdout] }}' },
    next: [
      { when: '{{ trim(result().stdout) == "handled" }}', do: ['R'] },
      { when: '{{ trim(result().stdout) == "skipped" }}', do: ['S'] },
    ],
  }),
  noopTask('R'),
  noopTask('S', { when: 'false' }),
];

claim('T2.18m', NEEDS, 'a workflow fails by each failed round that nothing handled', async (ctx) => {
  const parameters = { ends: { type: 'array' }, codes: { type: 'object' } };
  const { ref: action_ref } = await ctx.workflow(LOOP_OF_ENDS, { vars: { n: 1 }, parameters });
  const codes = { completed: 0, handled: 4, skipped: 4, unhandled: 4 };
  const rows = ENDS.flatMap((first) => ENDS.map((second) => [first, second, 'completed']));

  const found = rows.map(async (ends) => {
    const { id } = await ctx.client.executions.execute({ action_ref, parameters: { ends, codes } });
    return [ends, (await until(executionToEnd(ctx.client, id), ctx.deadline)).status];
  });

  const fails = (ends: string[]) => ends.includes('skipped') || ends.includes('unhandled');
  expect(await Promise.all(found)).toEqual(rows.map((ends) => [ends, fails(ends) ? 'failed' : 'completed']));
});
