import type { JsonObject } from '../../../contract/json';
import type { ModelCase, ModelWorkflow } from '../../e2e/support/model/model-case';
import { expectationOf } from '../../e2e/support/model/expect-case';
import type { ExpectedRun } from '../../e2e/support/model/expectation';
import type { Task, WorkflowParts } from '../../../helpers/scenario/resources/workflow-task';
import { NAMES } from './case-names';

/** A task whose process exits with these codes, one for each attempt. */
export const program = (name: string, exits = '0', more: Partial<Task> = {}): Task => ({
  name,
  action: NAMES.program,
  input: { key: name, ledger: '/ledger', exits },
  ...more,
});

interface CaseParts extends Partial<
  Pick<ModelCase, 'parameters' | 'responses' | 'isPaused' | 'isCancelled' | 'areLimitsTimeouts'>
> {
  readonly parts?: WorkflowParts;
  readonly called?: Readonly<Record<string, ModelWorkflow>>;
}

export const smallCase = (tasks: Task[], { parts = {}, called = {}, ...more }: CaseParts = {}): ModelCase => ({
  workflows: { ...called, 'own.root': { tasks, parts } },
  program: NAMES.program,
  parameters: {},
  responses: {},
  isPaused: false,
  isCancelled: false,
  worker: NAMES.worker,
  areLimitsTimeouts: true,
  ...more,
});

export const predict = (tasks: Task[], more: CaseParts = {}): ExpectedRun => expectationOf(smallCase(tasks, more)).run;

/** `{ 'a#0': 'completed' }` */
export const statuses = ({ children }: ExpectedRun): Record<string, string> =>
  Object.fromEntries(children.map(({ label, status }) => [label, status]));

/** The parameters of a child, without those that every process has. */
export const parametersOf = ({ children }: ExpectedRun, label: string): JsonObject => {
  const { key, ledger, exits, ...others } = children.find((child) => child.label === label)?.parameters ?? {};
  expect([typeof key, ledger, typeof exits]).toEqual(['string', '/ledger', 'string']);
  return others;
};
