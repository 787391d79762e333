import type { Decision, EnforcementSummary, Event, Received } from '../../../contract/events';
import type { Page } from '../../../contract/envelopes';
import type { ExecutionSummary } from '../../../contract/executions';
import type { Json, JsonObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { signToken } from '../../../platform/api/tokens';
import { SECRET, withStage } from './stage';

/** A pack with a trigger whose webhook is open, and what events of it are looked at with. */
export function withHook() {
  const stage = withStage();
  let token = '';
  beforeAll(async () => {
    token = await stage().logIn();
    await send('POST', '/packs', { ref: 'demo', label: 'Demo', version: '1.0.0' });
  });

  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, as = token) =>
    stage().send({ method, url: `/api/v1${path}`, ...(payload && { payload }) }, as);
  const dataOf = async <T>(sent: ReturnType<typeof send>): Promise<T> => {
    const answer = await sent;
    if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} ${answer.body}`);
    return answer.json<{ data: T }>().data;
  };
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

  /** Sends raw bytes, or a payload in its envelope. Nobody is logged in. */
  const post = (key: string | null | undefined, body: string | Buffer, headers: Record<string, string> = {}) =>
    stage().send({ method: 'POST', url: `/api/v1/webhooks/${key ?? ''}`, payload: body, headers });
  const fire = async (key: string | null | undefined, payload: Json): Promise<number> =>
    (await dataOf<Received>(post(key, JSON.stringify({ payload })))).event_id;

  /** A token of somebody who holds these grants and no others. */
  const holderOf = async (grants: object[]): Promise<string> => {
    const nonce = Math.random().toString(36).slice(2);
    const { rows } = await stage().owner.query<{ id: number }>(
      `with who as (insert into identity (login) values ($1) returning id),
        what as (insert into permission_set (ref, grants) values ($2, $3) returning id),
        holds as (insert into permission_assignment (identity, permset) select who.id, what.id from who, what)
       select id from who`,
      [`holder-${nonce}`, `test.${nonce}`, JSON.stringify(grants)],
    );
    return signToken(SECRET, { identity: rows[0]!.id, login: 'holder', tenant: 1, tokenType: 'access', seconds: 60 });
  };

  return {
    stage,
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
