import { placementFault, readAffinity, readTolerations } from '../../../platform/core/worker/placement';
import { placeExecution, type PlacementDemand } from '../../../platform/executor/dispatch/placement';
import type { WorkerState } from '../../../platform/store/workers/workers';

const IDLE = {
  status: 'active',
  cordoned: false,
  isFresh: true,
  isReserved: false,
  isShortOfSpace: false,
  runtimes: { shell: '5.2.0' },
  slots: 10,
  load: 0,
};
const worker = (id: number, more: Partial<WorkerState> = {}): WorkerState => ({
  ...IDLE,
  id,
  name: `w${id}`,
  labels: {},
  taints: [],
  ...more,
});
const NO_DEMAND: PlacementDemand = {
  runtime: null,
  versionConstraint: null,
  required: {},
  selector: {},
  tolerations: [],
  affinity: {},
};
const placementOf = (workers: readonly WorkerState[], demand: Partial<PlacementDemand>) => {
  const placement = placeExecution(workers, { ...NO_DEMAND, ...demand }, new Map());
  return placement.kind === 'worker' ? placement.worker : placement.kind;
};

const GPU = { key: 'gpu', value: 'a100', effect: 'no_schedule' };

test.each<[string, PlacementDemand['tolerations'], number | string]>([
  ['nothing', [], 'unschedulable'],
  ['the key with its value', [{ key: 'gpu', value: 'a100' }], 1],
  ['the key with another value', [{ key: 'gpu', value: 'h100' }], 'unschedulable'],
  ['the key, whatever its value', [{ key: 'gpu', operator: 'exists' }], 1],
  ['another key', [{ key: 'cpu', operator: 'exists' }], 'unschedulable'],
  ['the taint for this effect', [{ key: 'gpu', operator: 'exists', effect: 'no_schedule' }], 1],
  ['the taint for another effect', [{ key: 'gpu', operator: 'exists', effect: 'prefer_no_schedule' }], 'unschedulable'],
])('a taint against a toleration of %s', (_what, tolerations, outcome) => {
  expect(placementOf([worker(1, { taints: [GPU] })], { tolerations })).toBe(outcome);
});

test('a worker with a soft taint is chosen where there is no other', () => {
  const tainted = worker(1, { taints: [{ key: 'slow', effect: 'prefer_no_schedule' }] });

  expect(placementOf([tainted], {})).toBe(1);
  expect(placementOf([tainted, worker(2, { load: 5 })], {})).toBe(2);
  expect(placementOf([tainted, worker(2, { load: 5 })], { tolerations: [{ key: 'slow' }] })).toBe(1);
});

test.each<[string, WorkerState[], string]>([
  ['there is no worker', [], 'No worker is registered'],
  [
    'none has a part',
    [worker(1, { labels: { gpu: 'yes' } }), worker(2)],
    'No compatible worker: none of 2 has runtime python 3.12',
  ],
  [
    'each has a part',
    [worker(1, { labels: { gpu: 'yes' } }), worker(2, { runtimes: { python: '3.12.4' } })],
    'No compatible worker: none of 2 has runtime python 3.12, label gpu=yes',
  ],
])('where %s, the reason names what is missing', (_what, workers, reason) => {
  const demand = { ...NO_DEMAND, runtime: 'python', versionConstraint: '3.12', selector: { gpu: 'yes' } };

  expect(placeExecution(workers, demand, new Map())).toEqual({ kind: 'unschedulable', reason });
});

test('a worker whose disk is short of space gets nothing', () => {
  const short = worker(1, { isShortOfSpace: true });

  expect(placementOf([short], {})).toBe('wait');
  expect(placementOf([short, worker(2, { load: 5 })], {})).toBe(2);
});

const LABELS = { zone: 'north', disk: 'ssd' };

test.each([
  ['labels that it has', { required: [{ match_labels: { zone: 'north' } }] }, 1],
  ['labels that it has not', { required: [{ match_labels: { zone: 'south' } }] }, 'unschedulable'],
  [
    'two terms of which one fails',
    { required: [{ match_labels: LABELS }, { match_labels: { zone: 'south' } }] },
    'unschedulable',
  ],
  ['in', { required: [{ match_expressions: [{ key: 'zone', operator: 'in', values: ['north', 'east'] }] }] }, 1],
  [
    'not_in',
    { required: [{ match_expressions: [{ key: 'zone', operator: 'not_in', values: ['north'] }] }] },
    'unschedulable',
  ],
  ['exists', { required: [{ match_expressions: [{ key: 'disk', operator: 'exists' }] }] }, 1],
  [
    'does_not_exist',
    { required: [{ match_expressions: [{ key: 'disk', operator: 'does_not_exist' }] }] },
    'unschedulable',
  ],
  ['to be away from such labels', { anti_affinity: [{ match_labels: { disk: 'ssd' } }] }, 'unschedulable'],
  ['to be away from other labels', { anti_affinity: [{ match_labels: { disk: 'tape' } }] }, 1],
])('an affinity requires %s', (_what, affinity, outcome) => {
  expect(placementOf([worker(1, { labels: LABELS })], { affinity: readAffinity(affinity) })).toBe(outcome);
});

test('preferred weights add up and are compared before the load', () => {
  const workers = [
    worker(1, { labels: { zone: 'north' } }),
    worker(2, { labels: { zone: 'south' }, load: 3 }),
    worker(3, { labels: { zone: 'south', disk: 'ssd' }, load: 9 }),
  ];
  const preferred = [
    { weight: 5, preference: { match_labels: { zone: 'north' } } },
    { weight: 4, preference: { match_labels: { zone: 'south' } } },
    { weight: 2, preference: { match_labels: { disk: 'ssd' } } },
  ];

  expect(placementOf(workers, { affinity: { preferred } })).toBe(3);
  expect(placementOf(workers.slice(0, 2), { affinity: { preferred } })).toBe(1);
});

test.each([
  ['a text for a list', { required: 'x' }, 'worker_affinity/required'],
  [
    'an unknown operator',
    { required: [{ match_expressions: [{ key: 'a', operator: 'near' }] }] },
    'worker_affinity/required/0/match_expressions/0/operator',
  ],
  ['a weight of 0', { preferred: [{ weight: 0, preference: {} }] }, 'worker_affinity/preferred/0/weight'],
  ['a list', [], 'worker_affinity'],
])('%s is rejected with its path', (_what, affinity, path) => {
  expect(placementFault({ worker_affinity: affinity })?.path).toBe(path);
});

test.each([
  ['no list', 'gpu', 'worker_tolerations'],
  ['a text', ['gpu'], 'worker_tolerations/0'],
  ['no key', [{ key: 'gpu' }, {}], 'worker_tolerations/1/key'],
  ['a number as value', [{ key: 'gpu', value: 1 }], 'worker_tolerations/0/value'],
  ['an unknown operator', [{ key: 'gpu', operator: 'in' }], 'worker_tolerations/0/operator'],
  ['an unknown effect', [{ key: 'gpu', effect: 'no_execute' }], 'worker_tolerations/0/effect'],
  ['all that they may have', [{ key: 'gpu', operator: 'equal', value: 'a', effect: 'no_schedule' }], undefined],
])('tolerations with %s have a fault at its path', (_what, tolerations, path) => {
  expect(placementFault({ worker_tolerations: tolerations })?.path).toBe(path);
});

test('invalid tolerations are ignored', () => {
  expect(readTolerations([{ key: 'a', operator: 'exists' }, 'b', null, { key: 5 }])).toEqual([
    { key: 'a', operator: 'exists' },
  ]);
  expect(readTolerations('a')).toEqual([]);
});
