// Spec: the earliest limit of an inquiry is its lifetime.
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { inquiryOfRun, passLifetime } from '../../../helpers/scenario/resources/expiring-inquiries';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

/** The limits of an inquiry, seconds; the earliest one is its lifetime. `at`: after the start. */
const LIFETIMES = [
  { task: 100, seconds: 200, at: 300, first: 'task' },
  { task: 300, seconds: 100.5, at: 200, first: 'seconds' },
  { task: 200, seconds: 300, at: 100, first: 'at' },
  { seconds: 300, at: 400, first: 'seconds' },
  { task: 400, first: 'task' },
] as const;

/** Of instants from UTC, minutes. */
const OFFSETS = [330, 0, -450];

/** RFC 3339, in local time of this offset. */
function withOffset(epochMs: number, minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const offset = [hours, rest].map((part) => String(part).padStart(2, '0')).join(':');
  return rfc3339(epochMs + 60_000 * minutes).replace('Z', `${minutes < 0 ? '-' : '+'}${offset}`);
}

/** A gate for each of these, and the instant or the lifetime that is its first limit. */
const limitedGates = (nowMs: number) =>
  LIFETIMES.map(({ first, ...limits }, n) => {
    const { task: timeout, seconds, at } = { task: undefined, seconds: undefined, at: undefined, ...limits };
    const timeout_at = withOffset(nowMs + 1_000 * (at ?? 0), OFFSETS[n % OFFSETS.length]!);
    const input = { ...(seconds && { timeout_seconds: seconds }), ...(at && { timeout_at }) };
    const gate = { ...inquiryTask(input, timeout ? { timeout } : {}), name: `gate${n}` };
    return { gate, end: first === 'at' ? timeout_at : (limits as Record<string, number>)[first]! };
  });

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'inquiries.default_response', 'executions.cancel'];

claim.time('T2.7k', NEEDS, 'an inquiry has the earliest of its limits, and ends with its task', async (ctx) => {
  const limited = limitedGates(parseInstant(await ctx.time.now()));
  const gates = limited.map(({ gate }) => gate);
  const id = await startWorkflow(ctx, gates);
  const waits = gates.map(({ name }) => until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline));
  const inquiries = await Promise.all(waits);
  const running = await Promise.all(inquiries.map(({ execution }) => ctx.client.executions.get(execution)));

  await ctx.client.executions.cancel(id);
  await waitForStatus(ctx, id, 'cancelled');

  const lifetimes = inquiries.map(({ created, timeout_at }) => secondsBetween(created, timeout_at!));
  const promised = limited.map(({ end }, n) =>
    typeof end === 'number' ? end : secondsBetween(inquiries[n]!.created, end),
  );
  ctx.time.expectSeconds(lifetimes, promised);
  expect(running.map(({ status, worker }) => [status, worker])).toEqual(gates.map(() => ['running', null]));
  const ended = await Promise.all(inquiries.map((inquiry) => ctx.client.inquiries.get(inquiry.id)));
  expect(ended.map(({ status }) => status)).toEqual(gates.map(() => 'cancelled'));
  await expectTasks(ctx, id, Object.fromEntries(gates.map(({ name }) => [name, 'cancelled'])));
});

const LIFETIME = 5;

/**
 * Limits of a task and of its inquiry, seconds, of which the first is `LIFETIME`, and the level of
 * a limit that the end names.
 */
const EXPIRING = [
  { task: LIFETIME, seconds: LIFETIME + 1, level: 'task' },
  { task: LIFETIME, seconds: LIFETIME, level: 'task' },
  { task: LIFETIME, level: 'task' },
  { task: LIFETIME + 1, seconds: LIFETIME, level: null },
  { seconds: LIFETIME, level: null },
];

/** Of the first gate, which has two attempts. */
const RETRY = { count: 1, delay: 0 };

claim.time(
  'T2.7l',
  [...NEEDS, 'workflows.retry'],
  'an inquiry that expires at the limit of its task names that limit',
  async (ctx) => {
    const gates = EXPIRING.map(({ task: timeout, seconds: timeout_seconds }, n) => ({
      ...inquiryTask({ ...(timeout_seconds && { timeout_seconds }) }, { ...(timeout && { timeout }) }),
      ...(n === 0 && { retry: RETRY }),
      name: `gate${n}`,
    }));
    const id = await startWorkflow(ctx, gates);
    const waits = gates.map(({ name }) => until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline));

    await passLifetime(ctx, LIFETIME, ...(await Promise.all(waits)));
    await passLifetime(ctx, LIFETIME, await inquiryOfRun(ctx, id, 'gate0', 1));
    await waitForStatus(ctx, id, 'failed');

    const { children } = await ctx.client.executions.tree(id);
    const byTask = children.map((node) => [node.workflow_task?.task_name, node.status, node.timeout_level]);
    const ended = EXPIRING.map(({ level }, n) => [`gate${n}`, 'timeout', level]);
    expect(byTask.sort()).toEqual([ended[0], ...ended]);
  },
);
