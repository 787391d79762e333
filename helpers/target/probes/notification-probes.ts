import { NotifierError } from '../../errors';
import { connectNotifier, type NotifierSocket } from '../../client/notifier-socket';
import { until } from '../../scenario/polling';
import { isAbout, notificationsToArrive, type Notification } from '../../scenario/resources/notifications';
import { startExecution, type Probe, type ProbeContext } from './probe-context';
import { firstLine } from '../../line-of-text';
import { UnprovenError } from './unproven-error';

/** Time for a notification to arrive, ms. */
const NOTIFICATION_MS = 3_000;

/** The end of an execution is notified. */
export const probeExecutionNotification: Probe = async (context) => {
  const socket = await subscribe(context);
  const { id } = await startExecution(context, 'core.noop', {});
  await received(
    context,
    socket,
    'execution end',
    (one) => isAbout('execution', id)(one) && one.payload.status === 'completed',
  );
};

/** The creation of an inquiry is notified. */
export const probeInquiryNotification: Probe = async (context) => {
  const socket = await subscribe(context);
  const { id: execution } = await startExecution(context, 'core.noop', {});
  const { id } = await context.client.inquiries.create({ execution, prompt: 'Approve?' });
  await received(context, socket, 'inquiry', isAbout('inquiry', id));
};

/** The enforcement of a rule is notified. */
export const probeEnforcementNotification: Probe = async (context) => {
  const socket = await subscribe(context);
  const { rule, key } = await createRule(context, 'enforced');
  await context.client.webhooks.post(key, {});
  await received(
    context,
    socket,
    'enforcement',
    (one) => one.notification_type === 'enforcement_created' && one.payload.rule === rule,
  );
};

/** A change of a rule is notified. */
export const probeRuleNotification: Probe = async (context) => {
  const socket = await subscribe(context);
  const { rule, ref } = await createRule(context, 'changed');
  await context.client.rules.disable(ref);
  await received(context, socket, 'rule', isAbout('rule', rule));
};

/** A socket with a subscription to everything. */
async function subscribe({ notifier, defer }: ProbeContext): Promise<NotifierSocket> {
  const socket = await connectNotifier(notifier).catch((error: unknown) => {
    if (!(error instanceof NotifierError) || error.isLate) throw error;
    throw new UnprovenError(
      `no notifier responds at ${notifier.url}: ${firstLine(error.message)}; PLATFORM_WS_URL names another address`,
    );
  });
  defer(() => socket[Symbol.asyncDispose]());
  await socket.subscribe('all');
  return socket;
}

/** A rule on a webhook of its own. */
async function createRule(
  { client, pack, defer }: ProbeContext,
  label: string,
): Promise<{ rule: number; ref: string; key: string }> {
  const [trigger_ref, ref] = [`${pack}.${label}-hook`, `${pack}.${label}-rule`];
  const names = { pack_ref: pack, label };
  await client.triggers.create({ ref: trigger_ref, ...names });
  defer(() => client.triggers.remove(trigger_ref));
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger_ref);
  const { id: rule } = await client.rules.create({ ref, ...names, trigger_ref, action_ref: 'core.noop' });
  defer(() => client.rules.remove(ref));
  return { rule, ref, key: key ?? '' };
}

async function received(
  context: ProbeContext,
  socket: NotifierSocket,
  subject: string,
  predicate: (one: Notification) => boolean,
): Promise<void> {
  await until(notificationsToArrive(1, subject, socket, predicate), context.deadline(NOTIFICATION_MS));
}
