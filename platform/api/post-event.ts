import { one } from '../../contract/envelopes';
import { CreateEvent, Event } from '../../contract/events';
import { takeIn } from '../executor/event-intake';
import type { Transaction } from '../store/database';
import { eventOf, type NewEvent } from '../store/events';
import { executionRow } from '../store/executions';
import { findRuleById } from '../store/rules';
import { findSensor } from '../store/sensors';
import type { TriggerRow } from '../store/triggers';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { existingTrigger } from './triggers';

/** What sensors and running actions say has happened. */
export function postEventRoute(api: Api, { db }: ApiContext): void {
  api.post(
    '/api/v1/events',
    {
      config: { grant: null, tokens: ['sensor', 'execution', 'worker'] },
      schema: { tags: ['events'], body: CreateEvent, response: { 201: one(Event) } },
    },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => post(transaction, caller, body));
      return reply.code(201).send({ data: eventOf(row) });
    },
  );
}

/** FORBIDDEN for a trigger that is not the sensor's, NOT_FOUND, CONFLICT while the trigger is disabled. */
async function post(transaction: Transaction, caller: Caller, body: CreateEvent) {
  const ref = 'trigger_ref' in body ? body.trigger_ref : body.trigger_type;
  if (caller.tokenType === 'sensor' && !caller.triggerTypes.includes(ref)) {
    throw new Refusal('FORBIDDEN', `This sensor brings no events of '${ref}'`, { reason: 'TRIGGER_NOT_YOURS' });
  }
  const trigger = await existingTrigger(transaction, ref);
  if (!trigger.enabled) {
    throw new Refusal('CONFLICT', `Trigger '${ref}' is disabled`, { reason: 'TRIGGER_DISABLED' });
  }
  return takeIn(transaction, caller.tenant, {
    trigger,
    payload: body.payload,
    config: body.config ?? null,
    rule: await boundTo(transaction, trigger, body.trigger_instance_id ?? ''),
    ...(await sourceOf(transaction, caller)),
  });
}

/** `rule_<id>`: that rule of this trigger and no other. */
async function boundTo(transaction: Transaction, trigger: TriggerRow, instance: string): Promise<NewEvent['rule']> {
  const [, id] = /^rule_(\d{1,15})$/.exec(instance) ?? [];
  if (id === undefined) return null;
  const rule = await findRuleById(transaction, Number(id));
  return rule?.trigger_ref === trigger.ref ? { id: rule.id, ref: rule.ref } : 'gone';
}

/** Who says so; what an execution says goes on with the chain that the execution belongs to. */
async function sourceOf(
  transaction: Transaction,
  { tokenType, login, execution }: Caller,
): Promise<Pick<NewEvent, 'source' | 'sourceRef' | 'correlationId'>> {
  if (tokenType === 'sensor') {
    const sensor = await findSensor(transaction, login);
    return { source: sensor?.id ?? null, sourceRef: login, correlationId: null };
  }
  const correlationId =
    execution === null ? null : ((await executionRow(transaction, execution))?.correlation_id ?? null);
  return { source: null, sourceRef: login, correlationId };
}
