import { dataEnvelope } from '../../../contract/envelopes';
import { CreateEvent, Event } from '../../../contract/events';
import { processEvent } from '../../executor/events/process-event';
import type { Transaction } from '../../store/database/connection';
import { eventChain, shownEvent, type EventRow, type NewEvent } from '../../store/events/events';
import { findActionOfExecution, findExecutionRow } from '../../store/executions/executions';
import { findRuleById } from '../../store/events/rules';
import { findSensor } from '../../store/events/sensors';
import type { TriggerRow } from '../../store/events/triggers';
import { findPackRefOf } from '../../store/packs/component-packs';
import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import { route } from '../http/route';
import { bodyBytes } from '../http/stored-bodies';
import { componentTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import type { Rights } from '../../auth/rights';
import { loadTrigger } from './triggers';

/**
 * Sensors report events of their triggers, running actions those of their own pack's triggers. The
 * grant `events:create` opens others to a running action.
 */
export function createEventRoute(api: Api, { tenantQuota }: ApiContext): void {
  route(api, {
    method: 'POST',
    path: '/api/v1/events',
    grant: null,
    tokens: ['sensor', 'execution', 'worker'],
    schema: { tags: ['events'], body: CreateEvent, response: { 201: dataEnvelope(Event) } },
    handle: async ({ transaction, caller, rights, body, headers }) => {
      tenantQuota.addEvent(caller.tenant);
      await tenantQuota.requireQueueRoom(transaction, caller.tenant);
      await tenantQuota.addBytes(transaction, caller.tenant, bodyBytes({ headers, body }));
      return { data: await shownEvent(transaction, await createEvent(transaction, caller, rights, body)) };
    },
  });
}

/**
 * FORBIDDEN for a trigger of another sensor, NOT_FOUND, FORBIDDEN for a trigger that the running
 * action may not use, CONFLICT while the trigger is disabled.
 */
async function createEvent(
  transaction: Transaction,
  caller: Caller,
  rights: () => Promise<Rights>,
  body: CreateEvent,
): Promise<EventRow> {
  const ref = 'trigger_ref' in body ? body.trigger_ref : body.trigger_type;
  if (caller.tokenType === 'sensor' && !caller.triggerTypes.includes(ref)) {
    throw notYours(`This sensor brings no events of '${ref}'`);
  }
  const trigger = await loadTrigger(transaction, ref);
  if (caller.tokenType === 'execution') await requireOwnTrigger(transaction, caller, await rights(), trigger);
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

const notYours = (message: string) => new DomainError('FORBIDDEN', message, { reason: 'TRIGGER_NOT_YOURS' });

/** The rows decide, never the text of a ref. The action of an unknown execution has no pack. */
async function requireOwnTrigger(
  transaction: Transaction,
  { execution }: Caller,
  rights: Rights,
  trigger: TriggerRow,
): Promise<void> {
  if (rights.allows('events', 'create', componentTarget(trigger))) return;
  const action = execution === null ? null : await findActionOfExecution(transaction, execution);
  const pack = await findPackRefOf(transaction, 'action', action);
  if (pack !== null && pack === trigger.pack_ref) return;
  const own = pack === null ? 'no triggers' : `triggers of its pack '${pack}' only`;
  throw notYours(
    `This action posts events of ${own}: a trigger of another pack, '${trigger.ref}', takes the grant events:create`,
  );
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
  return { source: null, sourceRef: login, ...eventChain(cause) };
}
