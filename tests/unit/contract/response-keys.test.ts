import type { TObject } from '@sinclair/typebox';
import { extensionKeys, withoutExtensions } from '../../../contract/extension';
import { objectSchema } from '../../attune/contract-schemas';
import { RESPONSES, responseKeys, type ResponseName } from '../../attune/response-tables';

/** Parts of BatchResult and Tokens, without a schema of their own. */
const PARTS: readonly string[] = ['BatchSummary', 'TokenUser'];
const names = (Object.keys(RESPONSES) as ResponseName[]).filter((name) => !PARTS.includes(name));

test.each(names)('the plain schema of %s has the keys of the contract', (name) => {
  const { properties, required = [] } = withoutExtensions(objectSchema(name)) as TObject;
  const expected = responseKeys(name);

  expect(Object.keys(properties).sort()).toEqual(expected.map((key) => key.name).sort());
  const alwaysPresent = expected.filter(({ isOptional }) => !isOptional).map((key) => key.name);
  expect([...required].sort()).toEqual(alwaysPresent.sort());
});

test('the extensions of the responses are these', () => {
  const extended = names.map((name) => [name, extensionKeys(objectSchema(name))] as const);

  expect(Object.fromEntries(extended.filter(([, keys]) => keys.length > 0))).toEqual({
    Action: ['timeout_seconds', 'on_worker_loss', 'only_as_task', 'enabled', 'env_schema'],
    ActionSummary: ['timeout_seconds', 'on_worker_loss', 'only_as_task', 'enabled'],
    ActionSearchResult: ['only_as_task'],
    InstallResult: ['warnings'],
    Sensor: ['trigger_ref', 'trigger', 'trigger_types', 'process'],
    SensorSummary: ['trigger_ref'],
    Rule: ['next_fire_at', 'timer_state', 'timer_reason'],
    RuleSummary: ['next_fire_at', 'timer_state', 'timer_reason'],
    Event: ['correlation_id'],
    EventSummary: ['correlation_id'],
    Enforcement: ['correlation_id'],
    EnforcementSummary: ['correlation_id'],
    Execution: [
      ...['correlation_id', 'rerun_of', 'finished_at', 'termination_reason'],
      ...['revision', 'plan_digest', 'stale', 'current_plan_digest'],
    ],
    Workflow: ['revision'],
    ExecutionSummary: ['correlation_id', 'finished_at', 'rerun_of'],
    WorkflowTask: ['round'],
    Inquiry: ['default_response', 'defaulted', 'strict'],
    Key: ['expires_at', 'version'],
    KeySummary: ['expires_at', 'version'],
    RetentionConfig: ['last_pass'],
    Runtime: ['kind', 'templates'],
    RuntimeSummary: ['kind', 'templates'],
    Worker: [
      'kind',
      'state',
      'state_cause',
      'state_detail',
      'runtime',
      'template',
      'delivery_mode',
      'queue_limit',
      'pid',
    ],
  });
});
