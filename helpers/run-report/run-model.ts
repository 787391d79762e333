import { Type, type Static } from '@sinclair/typebox';
import { NullableInteger, NullableNumber, NullableText, stringEnum } from '../../contract/json';
import { STATUSES } from '../../contract/status';
import { SentRequest, ShownRequest } from '../scenario/sent-request';
import { RESULT_CLASSES, TIMES } from '../scenario/test-records';

/** One execution. Instants are epoch ms. */
const NodeModel = Type.Object({
  id: Type.Integer(),
  depth: Type.Integer({ description: '0 the root' }),
  label: Type.String({ description: 'name of its task, or the ref of its action' }),
  action: Type.String(),
  status: stringEnum(STATUSES),
  hasEnded: Type.Boolean(),
  created: Type.Number(),
  started: NullableNumber,
  /** Null: not ended, or the target does not say when. */
  finished: NullableNumber,
  triggeredBy: Type.Union([Type.String(), Type.Null()], { description: 'the task whose transition started it' }),
  original: Type.Union([Type.Integer(), Type.Null()], { description: 'of a retry: the first attempt' }),
  index: Type.Union([Type.Integer(), Type.Null()], { description: 'position in a list' }),
  facts: Type.Array(Type.String(), { description: 'in few words: `retry 2 of 3`, `exit 1`' }),
  /** Absent: not read, or a report of an earlier version. */
  input: Type.Optional(Type.String({ description: 'JSON of a bounded size' })),
  result: Type.Optional(Type.String({ description: 'JSON of a bounded size' })),
  error: NullableText,
  stdout: Type.String(),
  stderr: Type.String(),
});
export type NodeModel = Static<typeof NodeModel>;

const EntryModel = Type.Object({
  at: Type.Number({ description: 'epoch ms' }),
  type: Type.String(),
  execution: Type.Integer(),
  worker: NullableInteger,
  payload: Type.String({ description: 'JSON' }),
});
export type EntryModel = Static<typeof EntryModel>;

/** An execution that a test started, with its descendants. */
const TreeModel = Type.Object({
  id: Type.Integer(),
  nodes: Type.Array(NodeModel, { description: 'each before its descendants; none: the target does not show them' }),
  entries: Type.Array(EntryModel, { description: 'the log, in its order' }),
  reasons: Type.Array(Type.String(), { description: 'why it had not ended, as the platform states it' }),
  lacks: Type.Array(Type.String(), { description: 'what the target does not show, and why' }),
});
export type TreeModel = Static<typeof TreeModel>;

const FailureModel = Type.Object({
  summary: Type.String({ description: 'what was seen, in one line' }),
  error: Type.String(),
  at: Type.Union([Type.String(), Type.Null()], { description: '`tests/e2e/…:12:3`: the line of the test' }),
  frames: Type.Array(Type.String(), { description: 'innermost first' }),
  rerun: Type.String({ description: 'the command that runs this test alone, on the same target' }),
  candidates: Type.Optional(Type.Array(Type.String(), { description: 'places of the platform that decide about it' })),
  requests: Type.Array(SentRequest, { description: 'in the order of their responses' }),
  /** Absent in reports of earlier versions. */
  deciding: Type.Optional(Type.Array(ShownRequest, { description: 'those that are about what the error names' })),
  /** Absent in reports of earlier versions. */
  rules: Type.Optional(Type.Array(Type.String(), { description: 'what became of the events of each rule' })),
  logged: Type.String({ description: 'errors that the platform logged' }),
  host: Type.String(),
  limitSeconds: Type.Union([Type.Number(), Type.Null()], { description: 'how long the test could take' }),
  executions: Type.Array(TreeModel),
});
export type FailureModel = Static<typeof FailureModel>;

const resultClass = stringEnum(RESULT_CLASSES);
export type ResultClass = Static<typeof resultClass>;

const PastResult = Type.Object({ result: resultClass, seconds: Type.Number() });
export type PastResult = Static<typeof PastResult>;

/** How a claim or a system test ended once. */
const AttemptModel = Type.Object({
  result: resultClass,
  seconds: Type.Number(),
  /** From its start to the end of its cleanup, epoch ms; null: it did not run. */
  from: NullableNumber,
  to: NullableNumber,
  process: Type.Union([Type.Integer(), Type.Null()], { description: 'id of the process that ran it' }),
  failure: Type.Union([FailureModel, Type.Null()]),
});
export type AttemptModel = Static<typeof AttemptModel>;

/** A claim or a system test, with the result of its last attempt. */
const ClaimModel = Type.Object({
  ...AttemptModel.properties,
  id: Type.String(),
  title: Type.String(),
  tier: Type.String({ description: '`tier2`, `systems`, …' }),
  file: Type.String({ description: 'path in the repository' }),
  spec: Type.String({ description: 'the spec line of its file' }),
  /** Virtual: the instants of its executions are those of a clock that it moved. */
  time: Type.Union([stringEnum(TIMES), Type.Null()], { description: 'of a test about time: how it passed' }),
  reason: Type.String({ description: 'why it is not proven, or known to be red; else empty' }),
  budget: Type.Number({ description: 'expected duration on an idle host, seconds' }),
  requests: NullableInteger,
  attempts: Type.Array(AttemptModel, { description: 'those before the last one, the oldest first' }),
  history: Type.Array(PastResult, { description: 'results of earlier runs, the oldest first' }),
});
export type ClaimModel = Static<typeof ClaimModel>;

/** One run of the suite, as all reports show it. */
export const RunModel = Type.Object({
  run: Type.String({ description: 'part of every name that the run created' }),
  target: Type.Object({
    platform: Type.String({ description: 'name and version' }),
    kind: stringEnum(['started', 'attached']),
    name: Type.String({ description: 'of its target file' }),
    url: Type.String(),
    loadFactor: Type.Number(),
  }),
  /** From the start of its first test to the end of its last one, epoch ms. */
  from: NullableNumber,
  to: NullableNumber,
  exit: Type.Integer(),
  reasons: Type.Array(Type.String(), { description: 'of the exit code, beside failed claims' }),
  claims: Type.Array(ClaimModel),
});
export type RunModel = Static<typeof RunModel>;
