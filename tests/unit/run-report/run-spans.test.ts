import { runSpans } from '../../../helpers/run-report/run-spans';
import { tracedClaim, tracedRun } from './traced-run';
import { runOf } from './runs';

const shown = ({ spans }: ReturnType<typeof runSpans>[number]) =>
  spans.map(({ kind, name, parent, from, to }) => [kind, name, parent?.name ?? null, from, to]);

test('a test has its requests, their executions and the attempts of these', () => {
  expect(shown(runSpans(tracedRun)[0]!)).toEqual([
    ['test', 'T2.8b a task that always fails ends failed', null, 1_000, 2_000],
    ['request', 'POST /api/v1/executions/execute', 'T2.8b a task that always fails ends failed', 1_010.25, 1_015.25],
    ['request', 'GET /api/v1/executions/{id}', 'T2.8b a task that always fails ends failed', 1_020, 1_022],
    ['execution', 'demo.flow', 'POST /api/v1/executions/execute', 1_020, 1_900],
    ['execution', 'step', 'demo.flow', 1_030, 2_000],
    ['attempt', 'attempt 1', 'step', 1_040, 1_100],
    ['attempt', 'attempt 2', 'step', 1_200, 1_300],
  ]);
});

test('only what failed by itself has an error', () => {
  expect(runSpans(tracedRun)[0]!.spans.map(({ error }) => error)).toEqual([
    ...['it was 4', null, 'status 404', 'a', null, 'the worker was lost', null],
  ]);
});

test('each attempt of a test is one of its own, and what did not run is none', () => {
  expect(runSpans(tracedRun).map(({ key }) => key)).toEqual([
    'T2.8b a task that always fails ends failed 1',
    'T2.8a a task that always fails ends failed 1',
    'T2.8a a task that always fails ends failed 2',
  ]);
});

test('executions under a virtual clock begin with their test', () => {
  const [claim] = runSpans(runOf([tracedClaim({ time: 'virtual time', from: 900_000, to: 901_000 })]));

  expect(claim!.spans.filter(({ kind }) => kind === 'execution').map(({ from, to }) => [from, to])).toEqual([
    [900_008, 900_888],
    [900_018, 901_000],
  ]);
});
