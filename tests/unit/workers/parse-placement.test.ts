import { InvalidArgumentError } from 'commander';
import { addLabel, addTaint, parseWorkerName } from '../../../cli/standalone/parse-placement';

test('labels are collected', () => {
  expect(addLabel('zone=eu-1', addLabel('gpu=', undefined))).toEqual({ gpu: '', zone: 'eu-1' });
});

test.each(['zone', '=eu', 'worker=other', 'a b=c'])('%j is no label', (text) => {
  expect(() => addLabel(text)).toThrow(InvalidArgumentError);
});

test('taints are collected', () => {
  expect(addTaint('gpu:prefer_no_schedule', addTaint('team=a:no_schedule', undefined))).toEqual([
    { key: 'team', value: 'a', effect: 'no_schedule' },
    { key: 'gpu', effect: 'prefer_no_schedule' },
  ]);
});

test.each(['gpu', 'gpu:evict', ':no_schedule'])('%j is no taint', (text) => {
  expect(() => addTaint(text)).toThrow(InvalidArgumentError);
});

test.each(['', '../x', 'A', '-a', 'a'.repeat(64)])('%j is no name of a worker', (text) => {
  expect(() => parseWorkerName(text)).toThrow(InvalidArgumentError);
});

test('a name is kept as it is', () => {
  expect(parseWorkerName('build-1_a')).toBe('build-1_a');
});
