// Spec: those who may answer an inquiry learn of its creation, its response and its expiry, once.
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectPrompt } from '../support/delivery-delay';
import { stays, until, type Condition } from '../../../helpers/scenario/polling';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { passLifetime } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import {
  expectTokenRequired,
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createTestUser, type TestUser } from '../../../helpers/scenario/resources/test-users';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['notify.inquiries', 'inquiries.ask'];
const EXPIRY = [...NEEDS, 'inquiries.expiry'];
/** A lifetime that no claim waits for, seconds. */
const LONG_SECONDS = 600;

const openSocket = (ctx: Context, token?: string): Promise<NotifierSocket> =>
  openNotifierSocket(ctx, ['entity_type:inquiry'], token);

const startGate = (ctx: Context, input: Parameters = {}, timeout = LONG_SECONDS, name = 'flow'): Promise<number> =>
  startWorkflow(ctx, [inquiryTask(input, { timeout })], { name });

/** The same, and waits for its inquiry. */
const startInquiry = async (ctx: Context, ...parts: [input?: Parameters, timeout?: number, name?: string]) =>
  waitForInquiry(ctx, await startGate(ctx, ...parts));

const typesOf = (socket: NotifierSocket, inquiry: number) =>
  notificationsMatching(socket, isAbout('inquiry', inquiry)).map(({ notification_type }) => notification_type);

/** The notifications about the inquiry are of these types, also during the quiet time. */
const expectTypes = async (
  ctx: Context,
  socket: NotifierSocket,
  inquiry: number,
  types: readonly Notification['notification_type'][],
): Promise<Notification[]> => {
  const fence = notificationsToArrive(types.length, 'inquiry', socket, isAbout('inquiry', inquiry));
  await stays(() => typesOf(socket, inquiry), [...types], fence, ctx.quietMs, ctx.deadline);
  return notificationsMatching(socket, isAbout('inquiry', inquiry));
};

/** The workflow has started its one task. The value is the id of the task's execution. */
const taskToStart = ({ client }: Context, root: number): Condition<number> => ({
  name: `execution ${root} to start its task`,
  check: async () => {
    const [child] = await client.executions.children(root);
    return child ? { is: 'met', value: child.id } : { is: 'pending', why: 'it has no child' };
  },
});

claim('T3.15a', NEEDS, 'an inquiry of a workflow is announced once it can be read', async (ctx) => {
  const socket = await openSocket(ctx);

  const gate = await until(taskToStart(ctx, await startGate(ctx)), ctx.deadline);
  const ofGate = ({ payload }: Notification) => payload.execution === gate;
  const [created] = await until(notificationsToArrive(1, 'inquiry', socket, ofGate), ctx.deadline);
  const inquiry = await ctx.client.inquiries.get(created!.entity_id);

  const { id } = inquiry;
  expect(inquiry).toMatchObject({ execution: gate, status: 'pending' });
  const announced = await expectTypes(ctx, socket, id, ['inquiry_created']);
  expect(created).toMatchObject({ entity_type: 'inquiry', payload: { id, execution: gate, status: 'pending' } });
  const deadlines = [created!.payload.timeout_at, inquiry.timeout_at].map((at) => parseInstant(at as string));
  expect(deadlines[0]).toBe(deadlines[1]);
  expectPrompt(ctx, socket, announced);
});

claim('T3.15b', NEEDS, 'a response is announced once, and a rejected second one is not', async (ctx) => {
  const socket = await openSocket(ctx);
  const { id, inquiry } = await startInquiry(ctx);

  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: false })).rejects.toMatchObject({ status });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const fence = await startInquiry(ctx, {}, LONG_SECONDS, 'fence');
  await expectTypes(ctx, socket, fence.inquiry.id, ['inquiry_created']);

  const announced = await expectTypes(ctx, socket, inquiry.id, ['inquiry_created', 'inquiry_responded']);
  expect(announced.map(({ payload }) => [payload.execution, payload.status])).toEqual([
    [inquiry.execution, 'pending'],
    [inquiry.execution, 'responded'],
  ]);
  expectPrompt(ctx, socket, announced);
});

/** Of an inquiry that expires, seconds. */
const LIFETIME = 2;

claim.time('T3.15c', EXPIRY, 'an expiry is announced once, and a late response is not', async (ctx) => {
  const socket = await openSocket(ctx, (await createTestUser(ctx, 'core.admin')).token);
  const { id, inquiry } = await startInquiry(ctx, {}, LIFETIME);

  await passLifetime(ctx, LIFETIME, inquiry);
  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: true })).rejects.toMatchObject({ status });

  // a repeated announcement would come with the next look for expired inquiries
  await ctx.time.pass((2 * ctx.facts.choices.sweepMs) / 1_000);
  const announced = await expectTypes(ctx, socket, inquiry.id, ['inquiry_created', 'inquiry_timeout']);
  expect(announced.at(-1)!.payload).toMatchObject({ execution: inquiry.execution, status: 'timeout' });
});

/** A user with a subscription, and an inquiry that is assigned to that user. */
interface Assignee {
  readonly user: TestUser;
  readonly socket: NotifierSocket;
  readonly inquiry: number;
}

/** Two assignees, each with an inquiry of their own, whose prompt has the nonce. */
const createAssignees = async (ctx: Context): Promise<[Assignee, Assignee]> => {
  const users = [await createTestUser(ctx, null), await createTestUser(ctx, null)] as const;
  const sockets = [await openSocket(ctx, users[0].token), await openSocket(ctx, users[1].token)] as const;
  const assign = async (n: 0 | 1): Promise<Assignee> => {
    const input = { prompt: `${ctx.nonce}-${n}`, assigned_to: users[n].id };
    const { inquiry } = await startInquiry(ctx, input, LONG_SECONDS, `flow-${n}`);
    return { user: users[n], socket: sockets[n], inquiry: inquiry.id };
  };
  return [await assign(0), await assign(1)];
};

claim('T3.15d', NEEDS, 'an inquiry is announced to its assignee, and to no other user', async (ctx) => {
  await expectTokenRequired(ctx);

  const [left, right] = await createAssignees(ctx);

  await expectTypes(ctx, left.socket, left.inquiry, ['inquiry_created']);
  await expectTypes(ctx, right.socket, right.inquiry, ['inquiry_created']);
  if (!ctx.canProve('notify.scoping')) return;
  expect([typesOf(left.socket, right.inquiry), typesOf(right.socket, left.inquiry)]).toEqual([[], []]);
  expect(JSON.stringify([left.socket.notifications, right.socket.notifications])).not.toContain(ctx.nonce);
});

claim('T3.15e', NEEDS, 'a user answers no inquiry of another assignee', async (ctx) => {
  const [left, right] = await createAssignees(ctx);

  const response = right.user.client.inquiries.respond(left.inquiry, { approved: true });

  await expect(response).rejects.toMatchObject({ status: 403 });
  expect(await ctx.client.inquiries.get(left.inquiry)).toMatchObject({ status: 'pending' });
  await left.user.client.inquiries.respond(left.inquiry, { approved: true });
  expect(await ctx.client.inquiries.get(left.inquiry)).toMatchObject({ status: 'responded' });
});
