// Spec: limits, pauses, parts and placement keep their meaning beside each feature of a task.
import { claim } from '../../../helpers/scenario/claim';
import { coveringCases } from '../support/composed/covering-cases';
import { expectCases } from '../support/composed/expect-cases';

const NEEDS = [
  'workflows.failure_branches',
  'workflows.join',
  'workflows.with_items',
  'workflows.retry',
  'workflows.task_timeout',
  'inquiries.ask',
  'inquiries.expiry',
  'inquiries.default_response',
  'executions.cancel',
  'executions.pause',
  'executions.timeout',
  'ledger.shared',
  'workers.slots',
  'workers.pin',
  'clock.virtual',
];

claim.time('T2.14f', NEEDS, 'pairs with what happens to a whole run do what they do alone', (ctx) =>
  expectCases(ctx, 'T2.14f', coveringCases(ctx, 'run', 1)),
);
