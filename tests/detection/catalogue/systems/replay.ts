import type { Fault } from '../../fault';

/** Replays of finished executions on another version of their workflow. */
export const REPLAY_FAULTS: readonly Fault[] = [
  {
    id: 'F1467',
    promise: 'a replay compares the parameters of each step',
    file: 'core/workflow/replay/replay.ts',
    within: 'Replay.compareParameters',
    find: 'compare(parameters, JSON.parse(JSON.stringify(input)) as Json, secrets)',
    replace: 'compare(parameters, parameters, secrets)',
    claims: ['S0-42'],
  },
  {
    id: 'F1468',
    promise: 'a replay compares no secret',
    file: 'core/workflow/replay/compare.ts',
    within: 'compare',
    find: 'taint === true || isRedactionMarker(expected) || isRedactionMarker(actual)',
    replace: 'false',
    claims: ['S0-42'],
  },
  {
    id: 'F1469',
    promise: 'a replay starts no execution',
    file: '../cli/replay/replay.ts',
    within: 'replay',
    find: 'client.executions.replay(execution, request)',
    replace:
      'client.executions.get(execution).then(async ({ action_ref }) => { await client.executions.execute({ action_ref }); return client.executions.replay(execution, request); })',
    claims: ['S0-42'],
  },
  {
    id: 'F1470',
    promise: 'only an execution that ended by itself is replayed',
    file: 'store/executions/execution-record.ts',
    within: 'requireOwnEnd',
    find: `(status === 'completed' || status === 'failed') && limit === null`,
    replace: 'true',
    claims: ['S0-42'],
  },
  {
    id: 'F1471',
    promise: 'a replay stops where a secret decides',
    file: 'core/template/condition.ts',
    within: 'decisive',
    find: 'holdsSecret(value.taint)',
    replace: 'false',
    claims: ['S0-42'],
  },
  {
    id: 'F1472',
    promise: 'an execution is replayed on a compiled revision',
    file: 'packs/revisions/replayed-workflow.ts',
    within: 'loadReady',
    find: `row?.state === 'ready'`,
    replace: 'row !== null',
    claims: ['S0-42'],
  },
  {
    id: 'F1473',
    promise: 'a recorded step that a replay does not start is a difference',
    file: 'core/workflow/replay/outcome.ts',
    within: 'outcomeOf',
    find: 'isStopped ? [] : unreached.map(notReached)',
    replace: '[]',
    claims: ['S0-42'],
  },
];
