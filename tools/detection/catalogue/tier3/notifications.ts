import type { Faults } from '../../fault';

/** What subscribers of the live stream receive. */
export const NOTIFICATION_FAULTS: Faults = {
  F1540: {
    promise: 'each change of status is sent once',
    file: 'store/functions/notifications/notify_execution_change.sql',
    find: `perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));`,
    replace: `perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));
  perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));`,
    claims: ['T3.14a', 'T3.14b', 'T3.14c'],
  },
  F1543: {
    promise: 'a failed execution is not sent as a completed one',
    file: 'store/functions/notifications/notify_execution_change.sql',
    find: `perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));`,
    replace: `perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
    execution_notification_json(new, old.status));
  if new.status = 'failed' then
    shown.status := 'completed';
    perform append_notification(new.tenant, 'execution_status_changed', 'execution', new.id, new.executor,
      execution_notification_json(shown, 'failed'));
  end if;`,
    claims: ['T3.14b', 'T3.14c'],
  },
  F1545: {
    promise: 'a subscriber receives only what one of its filters names',
    file: 'notifier/subscription-index.ts',
    within: 'SubscriptionIndex.find',
    find: `keys.flatMap((key) => [...(byKey?.get(key) ?? [])])`,
    replace: `(keys.length > 0 ? [...(byKey?.values() ?? [])] : []).flatMap((members) => [...members])`,
    claims: ['T3.14d'],
  },
  F1547: {
    promise: 'a user without permission to read executions receives none of their changes',
    file: 'notifier/subscriber-rights.ts',
    within: 'canRead',
    find: 'caller.execution === entity || canReadExecution(db, caller, rights, outgoing)',
    replace: 'caller.execution !== -1 || canReadExecution(db, caller, rights, outgoing)',
    claims: ['T3.14e'],
  },
  F1548: {
    promise: 'the notification of a new inquiry has its deadline',
    file: 'store/functions/notifications/notify_inquiry_change.sql',
    find: `'timeout_at', new.timeout_at, 'created', new.created`,
    replace: `'timeout_at', new.created, 'created', new.created`,
    claims: ['T3.15a'],
  },
  F1549: {
    promise: 'a response to an inquiry is sent once',
    file: 'store/functions/notifications/notify_inquiry_change.sql',
    find: `after update on inquiry
  for each row when (old.status is distinct from new.status) execute function notify_inquiry_change();`,
    replace: `after update on inquiry
  for each row when (old.status is distinct from new.status) execute function notify_inquiry_change();
create or replace trigger notify_inquiry_again after update on inquiry
  for each row when (new.status = 'responded') execute function notify_inquiry_change();`,
    claims: ['T3.15b'],
  },
  F1550: {
    promise: 'an inquiry that expired is not sent as an answered one',
    file: 'store/functions/notifications/notify_inquiry_change.sql',
    find: `elsif new.status = 'responded' then`,
    replace: `elsif new.status in ('responded', 'timeout') then`,
    claims: ['T3.15c'],
  },
  F1551: {
    promise: 'an inquiry is sent to its assignee and to those who may read all inquiries',
    file: 'notifier/subscriber-rights.ts',
    within: 'canRead',
    find: `owner === null || owner === caller.owner || rights.allows('inquiries', 'read')`,
    replace: `owner === null || owner !== 0 || rights.allows('inquiries', 'read')`,
    claims: ['T3.15d'],
  },
  F1552: {
    promise: 'the notification of a firing names its event',
    file: 'store/functions/notifications/notify_enforcement_change.sql',
    find: `'event', new.event`,
    replace: `'event', new.id`,
    claims: ['T3.16a', 'T3.16c', 'T3.16d'],
  },
  F1553: {
    promise: 'a rule that is disabled again has not changed',
    file: 'store/functions/notifications/notify_rule_change.sql',
    find: 'when (old.enabled is distinct from new.enabled) execute',
    replace: 'when (old.updated is not null) execute',
    claims: ['T3.16b'],
  },
  F1554: {
    promise: 'each rule that an event fires is sent',
    file: 'store/functions/notifications/notify_enforcement_change.sql',
    find: `if tg_op = 'INSERT' then`,
    replace: `if exists (select from enforcement other where other.event = new.event and other.id < new.id) then
    return null;
  elsif tg_op = 'INSERT' then`,
    claims: ['T3.16c'],
  },
  F1555: {
    promise: 'an event that no rule matches is no firing',
    file: 'store/functions/notifications/notify_event_created.sql',
    find: 'return null;',
    replace: `perform append_notification(new.tenant, 'enforcement_created', 'enforcement', new.id, null, json_build_object(
    'entity_type', 'enforcement', 'entity_id', new.id, 'id', new.id, 'event', new.id,
    'rule', (select r.id from rule r where r.trigger = new.trigger limit 1), 'created', new.created)::text);
  return null;`,
    claims: ['T3.16d'],
  },
  F1546: {
    promise: 'a filter that was removed delivers nothing',
    file: 'notifier/notification-hub.ts',
    within: 'HubSubscription.removeFilter',
    find: 'this.index.remove(this.caller.tenant, key, this);',
    replace: 'void key;',
    claims: ['T3.14d'],
  },
};
