import { requestLines } from '../../../helpers/jest/request-lines';
import type { TestRecord } from '../../../helpers/scenario/test-records';

const CENSUS = [{ id: 'T2.1a', requests: 20 }, { id: 'T2.1b', requests: 20 }, { id: 'T2.1c' }];
const record = (id: string, requests: number, outcome: TestRecord['class'] = 'passed') => ({
  id,
  requests,
  class: outcome,
});

test('a test that sends more requests than its budget has a line', () => {
  const records = [record('T2.1a', 20), record('T2.1b', 21), record('T2.1c', 500)];
  expect(requestLines({ kind: 'started' }, records, CENSUS)).toEqual(['Requests:    T2.1b sent 21 of 20']);
});

test('of many tests the five worst are named, and the others counted', () => {
  const records = [21, 26, 22, 25, 23, 24, 27].map((requests) => record('T2.1a', requests));
  expect(requestLines({ kind: 'started' }, records, CENSUS)).toEqual([
    ...[27, 26, 25, 24, 23].map((requests) => `Requests:    T2.1a sent ${requests} of 20`),
    'Requests:    2 more tests sent more than their number',
  ]);
});

test('the requests of a failed test have no budget', () => {
  expect(requestLines({ kind: 'started' }, [record('T2.1a', 99, 'failed')], CENSUS)).toEqual([]);
});

test('requests to an attached platform have no budget', () => {
  expect(requestLines({ kind: 'attached' }, [record('T2.1a', 99)], CENSUS)).toEqual([]);
});
