import type { LightMyRequestResponse } from 'fastify';
import type { Decision, EnforcementSummary, Event, WebhookReceipt } from '../../../contract/events';
import type { Page } from '../../../contract/envelopes';
import type { ExecutionSummary } from '../../../contract/executions';
import type { Json, JsonObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { createGrantHolder, type Grants } from './grant-holder';
import { withAdmin } from './with-admin';
import type { ApiOptions } from './with-api';

/** The data of a response; throws where it is an error. */
async function dataOf<T>(sent: Promise<LightMyRequestResponse>): Promise<T> {
  const response = await sent;
  if (response.statusCode >= 300) throw new Error(`${response.statusCode} ${response.body}`);
  return response.json<{ data: T }>().data;
}

/** A pack with a trigger whose webhook is open, and what events of it are looked at with. */
export function withWebhook(options?: ApiOptions) {
  const { testApi: api, send } = withAdmin(options);
  beforeAll(async () => {
    await send('POST', '/packs', { ref: 'demo', label: 'Demo', version: '1.0.0' });
  });

  const itemsOf = async <T>(path: string): Promise<T[]> => (await send('GET', path)).json<Page<T>>().items;

  const hook = async (): Promise<Trigger> => {
    const ref = `demo.hook-${Math.random().toString(36).slice(2)}`;
    await dataOf(send('POST', '/triggers', { ref, pack_ref: 'demo', label: 'Hook' }));
    return dataOf<Trigger>(send('POST', `/triggers/${ref}/webhooks/enable`));
  };

  const rule = (trigger: string, more: JsonObject = {}): Promise<Rule> => {
    const ref = `demo.rule-${Math.random().toString(36).slice(2)}`;
    const ends = { trigger_ref: trigger, action_ref: 'core.echo' };
    return dataOf<Rule>(send('POST', '/rules', { ref, pack_ref: 'demo', label: 'Rule', ...ends, ...more }));
  };

  /** Sends raw bytes, or a payload in its envelope. Without a token. */
  const post = (key: string | null | undefined, body: string | Buffer, headers: Record<string, string> = {}) =>
    api().send({ method: 'POST', url: `/api/v1/webhooks/${key ?? ''}`, payload: body, headers });
  const fire = async (key: string | null | undefined, payload: Json): Promise<number> =>
    (await dataOf<WebhookReceipt>(post(key, JSON.stringify({ payload })))).event_id;

  const holderOf = (grants: Grants) => createGrantHolder(api().owner, grants);

  return {
    api,
    send,
    dataOf,
    itemsOf,
    hook,
    rule,
    post,
    fire,
    holderOf,
    event: (id: number) => dataOf<Event>(send('GET', `/events/${id}`)),
    decisions: (event: number) => dataOf<Decision[]>(send('GET', `/events/${event}/decisions`)),
    enforcements: (event: number) => itemsOf<EnforcementSummary>(`/enforcements?event=${event}`),
    executions: (query: string) => itemsOf<ExecutionSummary>(`/executions?${query}`),
  };
}
