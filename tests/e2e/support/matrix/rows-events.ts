import { componentOf, type FixtureIds } from './fixtures';
import { ALL_KINDS, readRow, createRow, changeRow, removeRow, NEW_LABEL, type RouteTable } from './route-row';

const newTrigger = ({ pack }: FixtureIds) => componentOf(pack);
const newSensor = ({ pack, trigger }: FixtureIds) => ({
  ...componentOf(pack),
  trigger_ref: trigger,
  enabled: false,
  entrypoint: 'none.sh',
  runtime_ref: 'core.shell',
});

const TRIGGERS: RouteTable = {
  'GET /api/v1/triggers': readRow(null),
  'GET /api/v1/triggers/enabled': readRow(null),
  'POST /api/v1/triggers': createRow('triggers:create', newTrigger, { pack_ref: 'pack' }),
  'GET /api/v1/triggers/{ref}': readRow(null, 'trigger'),
  'PUT /api/v1/triggers/{ref}': changeRow('triggers:update', 'trigger', NEW_LABEL),
  'DELETE /api/v1/triggers/{ref}': removeRow('triggers:delete', 'trigger'),
  'POST /api/v1/triggers/{ref}/enable': changeRow('triggers:update', 'trigger'),
  'POST /api/v1/triggers/{ref}/disable': changeRow('triggers:update', 'trigger', undefined, { needsOwnFixture: true }),
  'POST /api/v1/triggers/{ref}/webhooks/enable': changeRow('triggers:update', 'trigger'),
  'POST /api/v1/triggers/{ref}/webhooks/disable': changeRow('triggers:update', 'trigger', undefined, {
    needsOwnFixture: true,
  }),
  'POST /api/v1/triggers/{ref}/webhooks/regenerate': changeRow('triggers:update', 'trigger'),
  'PUT /api/v1/triggers/{ref}/webhooks/security': changeRow('triggers:update', 'trigger', {}),
  'GET /api/v1/triggers/{ref}/rules': readRow(null, 'trigger'),
  'GET /api/v1/triggers/{ref}/sensors': readRow(null, 'trigger'),
  'GET /api/v1/sensors': readRow(null),
  'GET /api/v1/sensors/enabled': readRow(null),
  'POST /api/v1/sensors': createRow('triggers:create', newSensor, {
    pack_ref: 'pack',
    trigger_ref: 'trigger',
    runtime_ref: 'runtime',
  }),
  'GET /api/v1/sensors/{ref}': readRow(null, 'sensor'),
  'PUT /api/v1/sensors/{ref}': changeRow('triggers:update', 'sensor', NEW_LABEL),
  'DELETE /api/v1/sensors/{ref}': removeRow('triggers:delete', 'sensor'),
  'POST /api/v1/sensors/{ref}/enable': changeRow('triggers:update', 'sensor', undefined, { needsOwnFixture: true }),
  'POST /api/v1/sensors/{ref}/disable': changeRow('triggers:update', 'sensor'),
  'GET /api/v1/sensors/{ref}/logs': readRow(null, 'sensor', { kinds: ALL_KINDS, crossTenantStatus: 200 }),
  'GET /api/v1/sensors/{ref}/logs/{stream}': readRow(null, 'sensor', { kinds: ALL_KINDS }),
};

const newRule = ({ pack, action, trigger }: FixtureIds) => ({
  ...componentOf(pack),
  enabled: false,
  action_ref: action,
  trigger_ref: trigger,
});
const RULE_NAMES = { action_ref: 'action', trigger_ref: 'trigger', permission_set_refs: 'set' } as const;

const RULES: RouteTable = {
  'GET /api/v1/rules': readRow(null),
  'GET /api/v1/rules/enabled': readRow(null),
  'POST /api/v1/rules': createRow(
    'rules:create',
    newRule,
    { pack_ref: 'pack', ...RULE_NAMES },
    { alsoNeeds: ['packs:read', 'actions:execute'] },
  ),
  'GET /api/v1/rules/{ref}': readRow(null, 'rule'),
  'GET /api/v1/rules/{ref}/fires': readRow(null, 'rule', { okStatus: 400 }), // of a webhook's trigger
  'GET /api/v1/rules/{ref}/decisions': readRow(null, 'rule'),
  'PUT /api/v1/rules/{ref}': changeRow('rules:update', 'rule', NEW_LABEL, { bodyReferences: RULE_NAMES }),
  'DELETE /api/v1/rules/{ref}': removeRow('rules:delete', 'rule'),
  'POST /api/v1/rules/{ref}/enable': changeRow('rules:update', 'rule'),
  'POST /api/v1/rules/{ref}/disable': changeRow('rules:update', 'rule', undefined, { needsOwnFixture: true }),
};

const EVENTS: RouteTable = {
  'POST /api/v1/events': createRow(
    null,
    ({ trigger }) => ({ trigger_ref: trigger, payload: {} }),
    { trigger_ref: 'trigger', trigger_type: 'trigger' },
    // The action of the execution is of another pack than the trigger.
    { kinds: ['sensor', 'execution'], statusByKind: { execution: 403 } },
  ),
  'GET /api/v1/events': readRow(null),
  'GET /api/v1/events/{id}': readRow(null, 'event'),
  'GET /api/v1/events/{id}/decisions': readRow(null, 'event'),
  'GET /api/v1/enforcements': readRow(null),
  'GET /api/v1/enforcements/{id}': readRow('enforcements:read', 'enforcement'),
  'GET /api/v1/enforcements/{id}/executions': readRow(null, 'enforcement', { crossTenantStatus: 200 }),
};

const newInquiry = async ({ client }: FixtureIds) => {
  const { id } = await client.executions.execute({ action_ref: 'core.noop' });
  return { execution: id, prompt: 'Approve?' };
};

const INQUIRIES: RouteTable = {
  'GET /api/v1/inquiries': readRow(null),
  'GET /api/v1/inquiries/status/{status}': readRow(null),
  'POST /api/v1/inquiries': createRow('inquiries:create', newInquiry, {
    execution: 'execution',
    assigned_to: 'identity',
  }),
  'GET /api/v1/inquiries/{id}': readRow(null, 'inquiry'),
  'PUT /api/v1/inquiries/{id}': changeRow(
    'inquiries:update',
    'inquiry',
    {},
    { bodyReferences: { assigned_to: 'identity' } },
  ),
  'DELETE /api/v1/inquiries/{id}': removeRow('inquiries:delete', 'inquiry'),
  'POST /api/v1/inquiries/{id}/respond': changeRow(null, 'inquiry', { response: 'again' }, { okStatus: 400 }),
};

/** Routes of triggers, sensors, rules, events and inquiries. */
export const EVENT_ROWS: RouteTable = {
  ...TRIGGERS,
  ...RULES,
  ...EVENTS,
  ...INQUIRIES,
};
