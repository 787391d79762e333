import { TASK_CONTROLS } from '../../../contract/workflows/task-kinds';
import { isObject, type Json } from '../../../contract/json';
import { readFileSync } from 'node:fs';
import { composeCase } from '../../e2e/support/model/compose';
import { LANGUAGE_CASES } from '../../e2e/support/model/compose-language';
import { composeTree } from '../../e2e/support/model/compose-tree';
import { expectationOf } from '../../e2e/support/model/expect-case';
import { coveringSet } from '../../e2e/support/model/pairs';
import { otherSchedules } from '../../e2e/support/model/schedules';
import { NAMES } from './case-names';

const DOCUMENT = readFileSync('docs/workflow-language.md', 'utf8');

/** The keys in the first column of the table below a heading. */
function documentedKeys(heading: string): string[] {
  const [, section = ''] = DOCUMENT.split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]!.matchAll(/^\| (`[^|]+`) \|/gm);
  return [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, key = '']) => key));
}

const OLDER = ['on_success', 'on_failure', 'on_complete', 'on_timeout', 'decision', 'publish'];
const OF_RETRIES = ['count', 'delay', 'backoff', 'max_delay', 'jitter', 'on_error'];

/** Keys that no case has, each with the reason. */
const WITHOUT_CASE: Readonly<Record<string, string>> = {
  'the definition: version': 'a text that is stored and decides nothing',
  'a task: worker_tolerations': 'one worker has no taints: tests/e2e/systems/standalone/s1-standalone-runs.test.ts',
  'a retry: jitter': 'a delay that is not known before: T2.8k',
  'a task: worker_affinity': 'of one worker, as its selector: tests/integration/executor/placement.test.ts',
};

const cases = [
  ...coveringSet().map((features) => composeCase(features, NAMES)),
  ...LANGUAGE_CASES.map(({ compose }) => compose(NAMES)),
  composeTree({ root: 'cancel_running', below: 'allow_finish' }, NAMES),
];
const workflows = cases.flatMap((each) => Object.values(each.workflows));
const keysOf = (values: readonly Json[]) => new Set(values.filter(isObject).flatMap((value) => Object.keys(value)));
const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

const used = {
  definition: keysOf(workflows.map(({ parts, tasks }) => asJson({ ...parts, tasks }))),
  task: keysOf(workflows.flatMap(({ tasks }) => tasks.map(asJson))),
  retry: keysOf(workflows.flatMap(({ tasks }) => tasks.map((task) => ('retry' in task ? (task.retry ?? {}) : {})))),
};

test.each([
  ['the definition', documentedKeys('The definition'), used.definition],
  ['a task', [...documentedKeys('A task'), ...TASK_CONTROLS, ...OLDER], used.task],
  ['a retry', OF_RETRIES, used.retry],
])('every key of %s is in a case, or has a reason', (level, keys, inCases) => {
  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => !inCases.has(key) && !Object.hasOwn(WITHOUT_CASE, `${level}: ${key}`))).toEqual([]);
});

test.each(LANGUAGE_CASES.map(({ name, compose }) => [name, compose(NAMES)] as const))(
  'what is expected does not depend on what happens first: %s',
  (_, modelCase) => {
    const expected = expectationOf(modelCase);
    for (const schedule of otherSchedules()) expect(expectationOf(modelCase, schedule)).toEqual(expected);
  },
);
