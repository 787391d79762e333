import type { Client } from './client/client';
import { openLive, type Live } from './client/live';
import { isAbout, toBeTold, type Notification } from './live';
import { orNull } from './or-null';
import { LiveError } from './errors';
import { until } from './polling';

/** What is told comes at once, or not at all, ms. */
const TOLD_MS = 3_000;

interface Probed {
  readonly client: Client;
  readonly pack: string;
  /** Where the notifier answers. */
  readonly url: string;
  readonly token: string;
}

const NOTHING = {
  'notify.executions': false,
  'notify.inquiries': false,
  'notify.enforcements': false,
  'notify.rule_state': false,
};

/** One socket, one webhook with a rule, one question: what of it is told? A target without a notifier tells nothing. */
export async function probeLive(probed: Probed): Promise<Record<string, boolean>> {
  const live = await orRefused(openLive(probed));
  if (!live) return NOTHING;
  try {
    await live.subscribe('all');
    return await listening(live, probed);
  } finally {
    await live[Symbol.asyncDispose]();
  }
}

async function orRefused(opening: Promise<Live>): Promise<Live | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof LiveError) return null;
    throw error;
  }
}

async function listening(live: Live, { client, pack }: Probed): Promise<Record<string, boolean>> {
  const ref = `${pack}.live-hook`;
  const names = { pack_ref: pack, label: 'live' };
  await client.triggers.create({ ref, ...names });
  const { webhook_key: key } = await client.triggers.enableWebhook(ref);
  const rule = await client.rules.create({
    ref: `${pack}.live-rule`,
    ...names,
    trigger_ref: ref,
    action_ref: 'core.noop',
  });
  try {
    await client.webhooks.post(key ?? '', {});
    const { id } = await client.executions.execute({ action_ref: 'core.noop' });
    const { id: inquiry } = await client.inquiries.create({ execution: id, prompt: 'live?' });
    await client.rules.disable(rule.ref);
    const told = (what: string, wanted: (one: Notification) => boolean) =>
      orNull(until(toBeTold(1, what, live, wanted), performance.now() + TOLD_MS)).then((got) => got !== null);
    const ended = (one: Notification) => isAbout('execution', id)(one) && one.payload.status === 'completed';
    const fired = (one: Notification) =>
      one.notification_type === 'enforcement_created' && one.payload.rule === rule.id;
    const [executions, inquiries, enforcements, rules] = await Promise.all([
      told('end', ended),
      told('question', isAbout('inquiry', inquiry)),
      told('enforcement', fired),
      told('rule', isAbout('rule', rule.id)),
    ]);
    return {
      'notify.executions': executions,
      'notify.inquiries': inquiries,
      'notify.enforcements': enforcements,
      'notify.rule_state': rules,
    };
  } finally {
    await client.rules.remove(rule.ref);
    await client.triggers.remove(ref);
  }
}
