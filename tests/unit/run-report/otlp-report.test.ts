import { otlpReport } from '../../../helpers/run-report/otlp-report';
import { claimOf, runOf } from './runs';
import { tracedRun } from './traced-run';

interface Message {
  verify(message: object): string | null;
  fromObject(object: object): object;
  toObject(message: object, options: object): object;
}

/**
 * The types of the protocol, as its authors compile them; the last version of the package that has
 * them. A field that they do not have is gone after the way there and back.
 */
// oxlint-disable-next-line typescript/no-require-imports
const { opentelemetry } = require('../../../node_modules/@opentelemetry/otlp-transformer/build/src/generated/root') as {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } } } } };
};
const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly events?: readonly object[];
  readonly status: object;
  readonly kind: number;
}
interface Request {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const report = (run = tracedRun) => otlpReport(run) as Request;
const spans = report().resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
const attributesOf = (name: string) =>
  Object.fromEntries(spans.find((span) => span.name === name)!.attributes.map(({ key, value }) => [key, value]));

/** In the JSON encoding, ids are hexadecimal; the compiled types read base64. */
const withBase64 = (json: object): object =>
  JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    /^(traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value,
  ) as object;

test('traces are a request of the protocol, without a field that it lacks', () => {
  const json = withBase64(report());
  const message = ExportTraceServiceRequest.fromObject(json);

  expect(ExportTraceServiceRequest.verify(message)).toBeNull();
  expect(ExportTraceServiceRequest.toObject(message, { longs: String, bytes: String, json: true })).toEqual(json);
  const more = ExportTraceServiceRequest.fromObject({ ...json, more: 1 });
  expect(ExportTraceServiceRequest.toObject(more, { longs: String, bytes: String })).not.toHaveProperty('more');
});

test('ids have the lengths of the protocol, and each parent is in its trace', () => {
  const keys = new Set(spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));

  expect(keys.size).toBe(spans.length);
  for (const { traceId, spanId, parentSpanId } of spans) {
    expect(`${traceId} ${spanId}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
    if (parentSpanId !== undefined) expect(keys).toContain(`${traceId} ${parentSpanId}`);
  }
});

test('a run has the same ids each time, another run other ones', () => {
  const idsOf = (run = tracedRun) => JSON.stringify(report(run)).match(/"traceId":"\w+"/g);

  expect(idsOf()).toEqual(idsOf());
  expect(idsOf({ ...tracedRun, run: 'n4y0' })).not.toEqual(idsOf());
});

test('spans have the names of OpenTelemetry', () => {
  expect(attributesOf('T2.8b a task that always fails ends failed')).toMatchObject({
    'test.case.name': { stringValue: 'T2.8b a task that always fails ends failed' },
    'test.case.result.status': { stringValue: 'fail' },
    'test.suite.name': { stringValue: 'tests/e2e/tier2/t2-08-retry-policy.test.ts' },
  });
  expect(attributesOf('GET /api/v1/executions/{id}')).toMatchObject({
    'http.request.method': { stringValue: 'GET' },
    'http.response.status_code': { intValue: '404' },
    'url.path': { stringValue: '/api/v1/executions/41' },
    'server.address': { stringValue: '127.0.0.1' },
    'server.port': { intValue: '1' },
  });
  expect(attributesOf('demo.flow')).toMatchObject({ 'cicd.pipeline.result': { stringValue: 'failure' } });
  expect(attributesOf('step')).toMatchObject({ 'cicd.pipeline.task.name': { stringValue: 'step' } });
  expect(attributesOf('attempt 2')).toMatchObject({ 'cicd.worker.id': { stringValue: '3' } });
});

test('a failed test has its error as status and as an exception', () => {
  expect(spans[0]).toMatchObject({
    status: { code: 2, message: 'it was 4' },
    events: [{ name: 'exception', timeUnixNano: '2000000000' }],
  });
  expect(spans.find(({ kind }) => kind === 3)).toMatchObject({ startTimeUnixNano: '1010250000' });
});

test('instants of today keep their microseconds', () => {
  const claim = claimOf({ from: 1_795_823_725_758.767, to: 1_795_823_725_800 });
  const [span] = report(runOf([claim])).resourceSpans[0]!.scopeSpans[0]!.spans;

  expect(span!.startTimeUnixNano).toMatch(/^1795823725758767\d{3}$|^1795823725758766\d{3}$/);
});
