import { attemptsOf, hasFailed } from './attempts';
import { executionSpans } from './execution-spans';
import type { AttemptModel, ClaimModel, RunModel } from './run-model';
import type { RunSpan } from './run-span';
import { testName } from './test-name';

/** One attempt of a test, with all that ran in it. */
export interface TestSpans {
  /** Unique among the attempts of a run. */
  readonly key: string;
  /** Each after its parent; the first is the test. */
  readonly spans: readonly [RunSpan, ...RunSpan[]];
  /** Of its error, if it failed. */
  readonly stack: string;
}

/**
 * What ran in a run, and when: test → requests → executions → attempts; of a test that passed, the
 * test alone. Instants of a virtual clock are moved, so that they begin with their test.
 */
export const runSpans = ({ claims }: RunModel): TestSpans[] =>
  claims.flatMap((claim) =>
    attemptsOf(claim).flatMap((attempt, n) => {
      const { from, to } = attempt;
      return from === null || to === null ? [] : [spansOf(claim, { ...attempt, from, to }, n + 1)];
    }),
  );

type RanAttempt = AttemptModel & { readonly from: number; readonly to: number };

function spansOf(claim: ClaimModel, attempt: RanAttempt, number: number): TestSpans {
  const test = testSpan(claim, attempt, number);
  const { requests = [], executions = [], frames = [] } = attempt.failure ?? {};
  const sent = requests.map((request, n) => requestSpan(request, n, test));
  const trees = executions.flatMap((tree) => {
    const parent = sent[requests.findIndex(({ execution }) => execution === tree.id)] ?? test;
    const start = tree.nodes[0]?.created ?? attempt.from;
    const movedMs = claim.time === 'virtual time' ? attempt.from - start : 0;
    return executionSpans(tree, { parent, movedMs, end: attempt.to });
  });
  return {
    key: `${claim.id} ${claim.title} ${number}`,
    spans: [test, ...sent, ...trees],
    stack: frames.join('\n'),
  };
}

/** `pass` and `fail` are those of OpenTelemetry. */
const STATUS: Readonly<Record<ClaimModel['result'], string>> = {
  passed: 'pass',
  failed: 'fail',
  environment: 'fail',
  'known red': 'known_red',
  'not proven': 'skipped',
  'not selected': 'skipped',
};

function testSpan(claim: ClaimModel, attempt: RanAttempt, number: number): RunSpan {
  const { result, from, to, process, failure } = attempt;
  return {
    kind: 'test',
    name: testName(claim),
    key: 'test',
    parent: null,
    from,
    to,
    place: process,
    error: hasFailed(attempt) ? (failure?.summary ?? result) : null,
    attributes: {
      'test.case.name': testName(claim),
      'test.case.result.status': STATUS[result],
      'test.suite.name': claim.file,
      'code.file.path': claim.file,
      'cicd.pipeline.task.type': 'test',
      'tuningfork.claim.id': claim.id,
      'tuningfork.claim.tier': claim.tier,
      'tuningfork.claim.attempt': number,
    },
  };
}

const REJECTED = 400;

type Request = NonNullable<AttemptModel['failure']>['requests'][number];

function requestSpan({ at, method, path, status, ms }: Request, n: number, test: RunSpan): RunSpan {
  const template = path.replace(/\/\d+(?=\/|$)/g, '/{id}');
  const isRejected = status >= REJECTED;
  return {
    kind: 'request',
    name: `${method} ${template}`,
    key: `request ${n}`,
    parent: test,
    place: test.place,
    from: at,
    to: at + ms,
    error: isRejected ? `status ${status}` : null,
    attributes: {
      'http.request.method': method,
      'http.response.status_code': status,
      'url.path': path,
      'url.template': template,
      ...(isRejected && { 'error.type': String(status) }),
    },
  };
}
