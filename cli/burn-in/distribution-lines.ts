import { relative } from 'node:path';
import { failures, LOADS, type TestDistribution } from './distribution';

const MESSAGE_LINES = 4;

/** Each test that failed, with how often, how long it took and its first message; then a sum. */
export function distributionLines(root: string, tests: readonly TestDistribution[], runs: number): string[] {
  const failed = tests.filter((test) => failures(test) > 0);
  const files = new Set(tests.map(({ file }) => file)).size;
  const sum = `${tests.length} tests of ${files} files in ${runs} runs`;
  return [
    ...failed.flatMap((test) => testLines(root, test)),
    failed.length === 0 ? `${sum}: no test failed` : `${sum}: ${failed.length} failed at least once`,
  ];
}

function testLines(root: string, test: TestDistribution): string[] {
  const { file, test: name, message } = test;
  const counts = LOADS.map((load) => `${test[load].failed} of ${test[load].runs} ${load}`).join(', ');
  const indented = (message ?? '').split('\n').slice(0, MESSAGE_LINES);
  return [
    `${relative(root, file)}: ${name ?? 'the file itself'}`,
    `  failed ${counts} runs`,
    ...LOADS.flatMap((load) => durationLine(load, test[load].durations)),
    ...indented.map((line) => `  | ${line}`),
    '',
  ];
}

function durationLine(load: string, durations: TestDistribution['calm']['durations']): string[] {
  if (durations === null) return [];
  const [min, median, max] = [durations.min, durations.median, durations.max].map((ms) => (ms / 1_000).toFixed(2));
  return [`  ${load}: ${min!} s to ${max!} s, median ${median!} s`];
}
