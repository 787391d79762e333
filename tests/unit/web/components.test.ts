import { firstTroubled, lastAttempts } from '../../../web/components/attempts';
import { busySpans } from '../../../web/components/busy-spans';
import { RESULT_CLASSES } from '../../../helpers/scenario/test-records';
import { STATUSES } from '../../../contract/status';
import type { NodeModel } from '../../../helpers/run-report/run-model';
import { signOfResult, signOfStatus } from '../../../web/components/status';
import { rowsOf, rowText } from '../../../web/components/rows';
import { workflowOf } from '../../../web/components/surroundings';
import { durationText, elapsedText, timeScale } from '../../../web/components/time-scale';
import { node } from '../run-report/runs';

test('a long gap is folded to a fixed width, and a short one is kept', () => {
  const spans = [
    { from: 0, to: 1_000 },
    { from: 1_100, to: 2_000 },
    { from: 3_602_000, to: 3_603_000 },
  ];
  const scale = timeScale(spans);

  expect(scale.folds).toEqual([{ from: 2_000, to: 3_602_000, at: expect.closeTo(0.64), until: expect.closeTo(0.68) }]);
  expect([0, 1_000, 3_603_000].map(scale.position)).toEqual([0, expect.closeTo(0.32), expect.closeTo(1)]);
});

test('spans that overlap have no gap, and none at all is a scale, too', () => {
  const overlapping = [
    { from: 0, to: 9_000 },
    { from: 1_000, to: 2_000 },
    { from: 9_000, to: 10_000 },
  ];

  expect(timeScale(overlapping).folds).toEqual([]);
  expect(timeScale([]).position(5)).toBe(5);
});

test('durations have two units at most', () => {
  expect([0, 1_250, 59_900, 61_000, 3_600_000, 187_200_000].map(durationText)).toEqual([
    '0.000 s',
    '1.250 s',
    '59.9 s',
    '1 min 1 s',
    '1 h',
    '2 d 4 h',
  ]);
  expect([-5, 1_999, 61_000].map(elapsedText)).toEqual(['0 s', '1 s', '1 min 1 s']);
});

test('a workflow, and an inquiry, are busy only when something of them happens', () => {
  const nodes = [node(1, 0, 'flow'), node(2, 1, 'gate', { action: 'core.ask' }), node(3, 1, 'step')];

  expect(busySpans(nodes).filter(({ from, to }) => to > from)).toEqual([{ from: 100, to: 200 }]);
});

test('a program that runs is busy until now, and an inquiry only at its ends', () => {
  const open = { status: 'running', hasEnded: false, finished: null } as const;
  const nodes = [
    node(1, 0, 'flow', open),
    node(2, 1, 'gate', { ...open, action: 'core.ask' }),
    node(3, 1, 'step', open),
  ];
  const spans = busySpans(nodes, 5_000);

  expect(spans.filter(({ from, to }) => to > from)).toEqual([{ from: 100, to: 5_000 }]);
  expect(Math.max(...busySpans(nodes.slice(0, 2), 9_000).map(({ to }) => to))).toBe(9_000);
  expect(Math.max(...busySpans(nodes).map(({ to }) => to))).toBe(100);
});

test('the graph shows the workflow itself, or the one around a task', () => {
  const nodes = [node(1, 0, 'flow'), node(2, 1, 'call'), node(3, 2, 'inner'), node(4, 1, 'after')];

  expect([1, 2, 3, 4, 5].map((id) => workflowOf(nodes, id))).toEqual([1, 2, 2, 1, null]);
  expect(workflowOf([node(1, 0, 'alone')], 1)).toBeNull();
});

const list = (count: number) => Array.from({ length: count }, (_, n) => node(10 + n, 1, 'each', { index: n }));

test('the items of a list in one status are one row until it is opened', () => {
  const nodes = [node(1, 0, 'flow'), ...list(9), node(99, 1, 'each', { index: 9, status: 'failed' })];
  const folded = rowsOf(nodes, new Set());

  expect(folded.map(({ kind, key }) => [kind, key])).toEqual([
    ['node', 'node 1'],
    ['folded', 'list 1 each completed'],
    ['node', 'node 99'],
  ]);
  expect(rowsOf(nodes, new Set(['list 1 each completed']))).toHaveLength(11);
});

const inStatus = (status: NodeModel['status'], ids: readonly number[]) =>
  ids.map((id) => node(id, 1, 'each', { index: id, status }));

test('a list of eight items is folded by status, also if some run or failed', () => {
  const nodes = [
    node(1, 0, 'flow'),
    ...inStatus('failed', [10, 11, 12]),
    ...inStatus('running', [13, 14]),
    ...inStatus('requested', [15, 16]),
    ...inStatus('cancelled', [17]),
  ];

  expect(rowsOf(nodes, new Set()).map((row) => (row.kind === 'folded' ? rowText(row) : row.key))).toEqual([
    'node 1',
    'each × 3: failed',
    'each × 2: running',
    'each × 2: requested',
    'node 17',
  ]);
  expect(rowsOf(nodes.slice(0, -1), new Set())).toHaveLength(8);
});

test('no sign means two things, and each status has one', () => {
  const signs = STATUSES.map((status) => signOfStatus(status));
  const tonesOf = (sign: string) => new Set(signs.filter((each) => each.sign === sign).map(({ tone }) => tone));

  expect(signs.filter(({ sign }) => tonesOf(sign).size > 1)).toEqual([]);
  expect(new Set(RESULT_CLASSES.map((result) => signOfResult(result).sign)).size).toBe(RESULT_CLASSES.length);
});

test('a closed execution hides what is below it, and nothing else', () => {
  const nodes = [node(1, 0, 'flow'), node(2, 1, 'call'), node(3, 2, 'inner'), node(4, 1, 'after')];

  expect(rowsOf(nodes, new Set(['node 2'])).map(({ key }) => key)).toEqual(['node 1', 'node 2', 'node 4']);
});

test('of a task that was retried only the last attempt counts', () => {
  const nodes = [
    node(1, 0, 'flow', { status: 'failed' }),
    node(2, 1, 'flaky', { status: 'failed' }),
    node(3, 1, 'flaky', { original: 2 }),
    node(4, 1, 'after', { status: 'failed' }),
  ];

  expect(lastAttempts(nodes).map(({ id }) => id)).toEqual([1, 3, 4]);
  expect(firstTroubled(nodes)?.id).toBe(4);
  expect(firstTroubled([node(1, 0, 'flow')])?.id).toBe(1);
});

test('what failed is chosen before what was cancelled, then what runs', () => {
  const nodes = [
    node(1, 0, 'flow', { status: 'failed' }),
    node(2, 1, 'open', { status: 'running', hasEnded: false }),
    node(3, 1, 'stopped', { status: 'cancelled' }),
    node(4, 1, 'slow', { status: 'timeout' }),
  ];

  expect([4, 3, 2].map((count) => firstTroubled(nodes.slice(0, count))?.id)).toEqual([4, 3, 2]);
});
