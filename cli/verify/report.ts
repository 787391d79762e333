import type { Json } from '../../contract/json';
import { writeJson } from '../../contract/json-text/write-json';
import type { Receipt } from './receipt';
import type { Steps } from './steps';
import type { WorkflowLoop } from './workflow-loop';

/** Prints what was proven, or every value that is not as expected. */
export function report(
  steps: Steps,
  { verdict, unproven, assertions, violations }: Receipt,
  { expectedFile }: WorkflowLoop,
): void {
  const wrong = assertions.filter(({ holds }) => !holds);
  if (violations.length > 0) {
    steps.failed('OUTPUT_SCHEMA_VIOLATION: the output violates its schema');
    steps.detail(violations.map(({ path, message }) => `${path} ${message}`));
  }
  if (wrong.length > 0) {
    steps.failed(`${wrong.length} of ${assertions.length} values differ from ${expectedFile ?? ''}`);
    steps.detail(
      wrong.flatMap(({ path, expected, actual }) => [
        path,
        `  expected ${show(expected)}`,
        `  actual   ${show(actual)}`,
      ]),
    );
  }
  if (verdict === 'proven') steps.passed(`${assertions.length} values are as in ${expectedFile ?? ''}`);
  if (verdict === 'not proven') steps.failed(`NOTHING_PROVEN: ${unproven.join('; ')}`);
}

const show = (value: Json | undefined): string => (value === undefined ? 'nothing' : writeJson(value));
