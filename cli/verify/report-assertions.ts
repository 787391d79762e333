import type { Json } from '../../contract/json';
import { writeJson } from '../../contract/json-text/write-json';
import type { Assertion } from './compare-output';
import type { Steps } from './steps';

/** Prints that all values are as in the file, or every value that is not. */
export function reportAssertions(steps: Steps, assertions: readonly Assertion[], file: string): void {
  const wrong = assertions.filter(({ holds }) => !holds);
  if (wrong.length === 0)
    return steps.passed(`${assertions.length} ${assertions.length === 1 ? 'value is' : 'values are'} as in ${file}`);
  steps.failed(`${wrong.length} of ${assertions.length} values differ from ${file}`);
  steps.detail(
    wrong.flatMap(({ path, expected, actual, place }) => [
      place === undefined ? path : `${place} ${path}`,
      `  expected ${show(expected)}`,
      `  actual   ${show(actual)}`,
    ]),
  );
}

const show = (value: Json | undefined): string => (value === undefined ? 'nothing' : writeJson(value));
