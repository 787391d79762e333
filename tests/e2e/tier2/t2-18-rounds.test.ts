// Spec: a task knows its round: where a loop begins, who is waited for, and what has failed.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { expectFailedBy } from '../../../helpers/scenario/resources/task-statuses';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { attemptsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, onSuccess, type Task, type Transition } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.loops'];
const INQUIRIES = [...NEEDS, 'inquiries.ask'];
const ASK_LOGGED = [...NEEDS, 'inquiries.ask', 'executions.log'];

const noop = (name: string, ...next: Transition[]): Task => ({ name, action: 'core.noop', next });

/** Counts the rounds in `n`, and leads on while that is below this number. */
const again = (limit: number, ...names: string[]): Transition => ({
  when: `{{ workflow.n < ${limit} }}`,
  publish: [{ n: '{{ workflow.n + 1 }}' }],
  do: names,
});

/** The tasks that a workflow has started, oldest first, with their rounds. */
const placesOf = async ({ client }: Context, id: number) =>
  (await client.executions.children(id)).map(({ workflow_task: of }) => `${of?.task_name} ${of?.round}`);

/** A loop that is entered at `left` and `right`: `left` leads on to `right`, which leads back. */
const ENTERED_TWICE = [
  noop('start', onSuccess('left', 'right')),
  noop('left', onSuccess('right')),
  noop('right', again(3, 'left')),
];

claim('T2.18g', NEEDS, 'a loop begins at its first task, and a later entry stays in its round', async (ctx) => {
  const vars = { n: 1 };
  const named = [noop('b', onSuccess('c')), noop('c', onSuccess('a')), noop('a', again(2, 'b'))];
  const ids = [
    await startWorkflow(ctx, named, { vars, name: 'named' }),
    await startWorkflow(ctx, ENTERED_TWICE, { vars, name: 'twice' }),
  ];

  await waitForAll(ctx, ids);

  const [all, twice] = await Promise.all(ids.map((id) => placesOf(ctx, id)));
  expect(all).toEqual(['b 1', 'c 1', 'a 1', 'b 2', 'c 2', 'a 2']);
  expect(twice).toEqual(['start 1', 'left 1', 'right 1', 'left 2', 'right 2', 'left 3', 'right 3']);
});

/** What the engine did with tasks, in order: `started head`. */
const stepsOf = async (ctx: Context, id: number) =>
  (await until(logToEnd(ctx.client, id), ctx.deadline)).flatMap(({ type, payload }) =>
    type.startsWith('STEP_') ? [`${type.slice('STEP_'.length).toLowerCase()} ${payload.task as string}`] : [],
  );

claim('T2.18h', ASK_LOGGED, 'a join where a loop begins waits for what leads in, later for the loop', async (ctx) => {
  const right = { ...inquiryTask({}, { next: [onSuccess('head')] }), name: 'right' };
  const id = await startWorkflow(
    ctx,
    [
      noop('start', onSuccess('head')),
      { ...noop('head', again(3, 'left', 'right')), join: 2 },
      noop('left', onSuccess('head')),
      right,
    ],
    { vars: { n: 1 } },
  );

  for (const round of [0, 1]) {
    const inquiry = await inquiryOfRun(ctx, id, 'right', round);
    const hasEnded = async () => (await attemptsOf(ctx, id, 'left'))[round]?.status === 'completed';
    await until(predicateToHold('left to end', hasEnded), ctx.deadline);
    await ctx.client.inquiries.respond(inquiry.id, {});
  }
  await waitForStatus(ctx, id);

  const round = ['started left', 'started right', 'completed left', 'completed right'];
  const head = ['started head', 'completed head'];
  const steps = ['started start', 'completed start', ...head, ...round, ...head, ...round, ...head];
  expect(await stepsOf(ctx, id)).toEqual(steps);
});

claim('T2.18i', INQUIRIES, 'a task that is named while it runs has its next round after its end', async (ctx) => {
  const head = { ...noop('head', { do: ['slow'] }, again(3, 'head')), action: 'core.echo' };
  const slow = { ...inquiryTask({ prompt: '{{ result().stdout }}' }), name: 'slow' };
  const id = await startWorkflow(ctx, [{ ...head, input: { message: 'round {{ workflow.n }}' } }, slow], {
    vars: { n: 1 },
  });
  const haveEnded = async () => (await attemptsOf(ctx, id, 'head'))[2]?.status === 'completed';
  await until(predicateToHold('three rounds of head to end', haveEnded), ctx.deadline);

  const prompts: string[] = [];
  for (const round of [0, 1, 2]) {
    const inquiry = await inquiryOfRun(ctx, id, 'slow', round);
    prompts.push(`${inquiry.prompt} of ${(await attemptsOf(ctx, id, 'slow')).length}`);
    await ctx.client.inquiries.respond(inquiry.id, {});
  }
  await waitForStatus(ctx, id);

  expect(prompts).toEqual(['round 1 of 1', 'round 2 of 2', 'round 3 of 3']);
  expect((await placesOf(ctx, id)).filter((place) => place.startsWith('slow'))).toEqual(['slow 1', 'slow 2', 'slow 3']);
});

claim('T2.18j', NEEDS, 'a failed round that nothing handled fails the workflow', async (ctx) => {
  const exit_code = '{{ workflow.code }}';
  const start = (name: string, ...next: Transition[]) =>
    startWorkflow(
      ctx,
      [
        noop('head', { when: '{{ workflow.n == 2 }}', publish: [{ code: 0 }] }, { do: ['F'] }, again(2, 'head')),
        { ...noop('F', ...next), input: { exit_code } },
        noop('R'),
      ],
      { vars: { n: 1, code: 4 }, name },
    );
  const [unhandled, handled] = [await start('unhandled'), await start('handled', onFailure('R'))];

  await waitForStatus(ctx, unhandled, 'failed');
  await waitForStatus(ctx, handled);

  const statuses = await Promise.all(
    [unhandled, handled].map(async (id) => (await attemptsOf(ctx, id, 'F')).map(({ status }) => status)),
  );
  expect(statuses).toEqual(Array(2).fill(['failed', 'completed']));
  await expectFailedBy(ctx, unhandled, 'F');
});
