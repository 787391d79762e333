/**
 * TypeScript types of PostgreSQL types, as the driver is configured by
 * `store/database/connection.ts`.
 */
export const SQL_TYPES: Readonly<Record<string, string>> = {
  int8: 'number',
  timestamptz: 'string',
  json: 'JsonColumn<Json>',
  jsonb: 'JsonColumn<Json>',
};

/** Types that the schema does not show; null and defaults are added from the schema. */
export const COLUMN_TYPES: Readonly<Record<string, string>> = {
  ...jsonColumns('JsonObject', [
    ...[
      'action.env_schema',
      'action.out_schema',
      'action.param_schema',
      'action.required_worker_runtimes',
      'action.worker_affinity',
    ],
    ...['action.worker_selector', 'enforcement.config', 'enforcement.payload', 'event.config', 'execution.config'],
    ...['execution.env_vars', 'execution.worker_affinity', 'execution.worker_selector', 'execution_event.payload'],
    ...[
      'former_schema.schema',
      'identity.attributes',
      'inquiry.response_schema',
      'pack.conf_schema',
      'pack.config',
      'pack.meta',
    ],
    ...[
      'rule.action_params',
      'rule.trigger_params',
      'runtime.execution_config',
      'sensor.config',
      'sensor.param_schema',
    ],
    ...['trigger.webhook_defaults'],
    ...['sensor.worker_affinity', 'sensor.worker_selector', 'trigger.out_schema', 'trigger.param_schema'],
    ...['worker.capabilities', 'worker.meta', 'workflow_definition.definition', 'workflow_definition.out_schema'],
    ...['workflow_definition.param_schema', 'workflow_execution.state', 'workflow_execution.task_graph'],
    ...['workflow_execution.variables', 'execution.variables', 'workflow_revision.definition'],
    ...['work_queue.action_params', 'work_queue.config', 'work_queue.item_schema'],
    ...['work_queue_item.ack_summary', 'work_queue_item.metadata'],
    ...['workflow_revision.out_schema', 'workflow_revision.param_schema', 'pinned_action.source'],
  ]),
  'workflow_revision.findings': 'JsonColumn<Finding[]>',
  'workflow_revision.plan': 'JsonColumn<Plan>',
  ...jsonColumns('Toleration[]', ['action.worker_tolerations', 'execution.worker_tolerations']),
  ...jsonColumns('Toleration[]', ['sensor.worker_tolerations']),
  'action.artifact_retention_policy': 'RetentionPolicy',
  'action.log_retention_policy': 'RetentionPolicy',
  'event_decision.code': 'DecisionCode',
  'execution.artifact_retention_policy': 'RetentionPolicy',
  'execution.termination_reason': 'TerminationReason',
  'execution_event.type': 'LogType',
  'lease.end_reason': 'TerminationReason',
  'pack_test_execution.result': 'JsonColumn<PackTestResult>',
  'pack_test_request.plan': 'JsonColumn<SuitePlan[]>',
  'pack_test_request.suites': 'JsonColumn<TestSuite[]>',
  'sensor.artifact_retention_policy': 'RetentionPolicy',
  'sensor.log_retention_policy': 'RetentionPolicy',
};

function jsonColumns(type: string, columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, `JsonColumn<${type}>`]));
}

/** Where the generated file imports the types from that are named above. */
export const TYPE_IMPORTS: Readonly<Record<string, string>> = {
  DecisionCode: '../../../contract/events',
  Finding: '../../../contract/workflows',
  Json: '../../../contract/json',
  JsonColumn: './json-column',
  JsonObject: '../../../contract/json',
  LogType: '../../../contract/executions',
  PackTestResult: '../../../contract/pack-tests',
  Plan: '../../../contract/workflows',
  RetentionPolicy: '../../../contract/artifacts',
  SuitePlan: '../../core/packs/testing-block',
  TerminationReason: '../../../contract/executions',
  TestSuite: '../../../contract/pack-tests',
  Toleration: '../../../contract/placement',
};
