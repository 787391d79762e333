import type { JsonObject } from '../contract/json';
import { createClient, type Client } from './client/client';
import type { Context } from './context';
import { randomName } from './names';
import type { Task, Transition } from './workflow';

/** The platform's own asking task. `timeout`: how long it may be answered, seconds. */
export const gate = (input: JsonObject, parts: { next?: Transition[]; timeout?: number } = {}): Task => ({
  name: 'gate',
  action: 'core.ask',
  input: { prompt: 'May it go on?', ...input },
  ...parts,
});

export const onApproval = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == true }}',
  do: tasks,
});
export const onDenial = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == false }}',
  do: tasks,
});

/** Of the host's slack, which grows with every pause of this process: what a lifetime must outlast. */
const SLACK_SHARE = 0.6;
/** Longer ones would outlast the claims themselves, s. */
const MOST_SECONDS = 1;

/** `n` lifetimes of a question, seconds: the shortest that tells right from wrong on this target, as loaded as it is now. */
export function lifetimes(n: number, ctx: Pick<Context, 'facts' | 'slackMs' | 'slowestMs'>): number {
  const { capabilities, loadFactor } = ctx.facts;
  const seen = Math.max(SLACK_SHARE * ctx.slackMs('run'), ctx.slowestMs()) / 1_000;
  const least = Math.min(MOST_SECONDS, seen);
  return Object.hasOwn(capabilities, 'durations.fractional')
    ? Math.ceil(n * 10 * Math.max(0.4 * loadFactor, least)) / 10
    : Math.ceil(n * loadFactor);
}

/** A user made for this test, and the platform as that user sees it. */
export async function approver(ctx: Context): Promise<{ id: number; client: Client }> {
  const { url: baseUrl } = ctx.facts;
  const registration = { login: ctx.name('approver'), password: `${randomName(16)}-Aa1!` };
  const { access_token: token } = await createClient({ baseUrl }).auth.register(registration);
  const client = createClient({ baseUrl, token });
  return { id: (await client.auth.me()).id, client };
}
