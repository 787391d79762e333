import { dataEnvelope } from '../../../contract/envelopes';
import { CreateEvent, Event } from '../../../contract/events';
import { processEvent } from '../../executor/process-event';
import type { Transaction } from '../../store/database/connection';
import { toEvent, type NewEvent } from '../../store/events/events';
import { findExecutionRow } from '../../store/executions/executions';
import { findRuleById } from '../../store/events/rules';
import { findSensor } from '../../store/events/sensors';
import type { TriggerRow } from '../../store/events/triggers';
import { DomainError } from '../../domain-error';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { bodyBytes } from '../stored-bodies';
import type { Caller } from '../../auth/caller';
import { loadTrigger } from './triggers';

/** Sensors and running actions report events. */
export function createEventRoute(api: Api, { tenantQuota }: ApiContext): void {
  route(api, {
    method: 'POST',
    path: '/api/v1/events',
    grant: null,
    tokens: ['sensor', 'execution', 'worker'],
    schema: { tags: ['events'], body: CreateEvent, response: { 201: dataEnvelope(Event) } },
    handle: async ({ transaction, caller, body, headers }) => {
      tenantQuota.addEvent(caller.tenant);
      await tenantQuota.requireQueueRoom(transaction, caller.tenant);
      await tenantQuota.addBytes(transaction, caller.tenant, bodyBytes({ headers, body }));
      return { data: toEvent(await createEvent(transaction, caller, body)) };
    },
  });
}

/**
 * FORBIDDEN for a trigger of another sensor, NOT_FOUND, CONFLICT while the trigger is disabled.
 */
async function createEvent(transaction: Transaction, caller: Caller, body: CreateEvent) {
  const ref = 'trigger_ref' in body ? body.trigger_ref : body.trigger_type;
  if (caller.tokenType === 'sensor' && !caller.triggerTypes.includes(ref)) {
    throw new DomainError('FORBIDDEN', `This sensor brings no events of '${ref}'`, { reason: 'TRIGGER_NOT_YOURS' });
  }
  const trigger = await loadTrigger(transaction, ref);
  if (!trigger.enabled) {
    throw new DomainError('CONFLICT', `Trigger '${ref}' is disabled`, { reason: 'TRIGGER_DISABLED' });
  }
  return processEvent(transaction, caller.tenant, {
    trigger,
    payload: body.payload,
    config: body.config ?? null,
    rule: await findBoundRule(transaction, trigger, body.trigger_instance_id ?? ''),
    ...(await eventSource(transaction, caller)),
  });
}

/**
 * The rule that `rule_<id>` names; 'gone' unless it is a rule of this trigger. Null for another
 * form.
 */
async function findBoundRule(
  transaction: Transaction,
  trigger: TriggerRow,
  instanceId: string,
): Promise<NewEvent['rule']> {
  const [, id] = /^rule_(\d{1,15})$/.exec(instanceId) ?? [];
  if (id === undefined) return null;
  const rule = await findRuleById(transaction, Number(id));
  return rule?.trigger_ref === trigger.ref ? { id: rule.id, ref: rule.ref } : 'gone';
}

/** Where the event comes from; the event of an execution continues the execution's chain. */
async function eventSource(
  transaction: Transaction,
  { tokenType, login, execution }: Caller,
): Promise<Pick<NewEvent, 'source' | 'sourceRef' | 'correlationId' | 'causationDepth'>> {
  if (tokenType === 'sensor') {
    const sensor = await findSensor(transaction, login);
    return { source: sensor?.id ?? null, sourceRef: login, correlationId: null };
  }
  const cause = execution === null ? null : await findExecutionRow(transaction, execution);
  return {
    source: null,
    sourceRef: login,
    correlationId: cause?.correlation_id ?? null,
    causationDepth: cause === null ? 0 : cause.causation_depth + 1,
  };
}
