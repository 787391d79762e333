import { createHash } from 'node:crypto';
import type { RunModel } from './run-model';
import type { RunSpan } from './run-span';
import { runSpans, type TestSpans } from './run-spans';

/** `SpanKind` and `Status.StatusCode` of the protocol. */
const KIND = { internal: 1, client: 3 } as const;
const CODE = { unset: 0, ok: 1, error: 2 } as const;
const TRACE_ID_CHARACTERS = 32;
const SPAN_ID_CHARACTERS = 16;
const NANOS_PER_MS = 1_000_000;

/**
 * A run as the body of `POST /v1/traces` of the OpenTelemetry protocol, in its JSON encoding: a
 * trace for each attempt of a test. Ids follow from the run and the test.
 */
export function otlpReport(run: RunModel): object {
  const { target } = run;
  const resource = {
    'service.name': 'tuningfork',
    'cicd.pipeline.name': 'tuningfork',
    'cicd.pipeline.run.id': run.run,
    'deployment.environment.name': target.name,
    'tuningfork.target.platform': target.platform,
    'tuningfork.target.url': target.url,
  };
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'tuningfork' }, spans: runSpans(run).flatMap((test) => traceOf(run, test)) }],
      },
    ],
  };
}

function traceOf(run: RunModel, { key, spans, stack }: TestSpans): object[] {
  const traceId = digest(`${run.run} ${key}`, TRACE_ID_CHARACTERS);
  const idOf = (span: RunSpan): string => digest(`${traceId} ${span.key}`, SPAN_ID_CHARACTERS);
  return spans.map((span) => ({
    traceId,
    spanId: idOf(span),
    ...(span.parent && { parentSpanId: idOf(span.parent) }),
    name: span.name,
    kind: span.kind === 'request' ? KIND.client : KIND.internal,
    startTimeUnixNano: nanos(span.from),
    endTimeUnixNano: nanos(span.to),
    attributes: keyValues({ ...span.attributes, ...(span.kind === 'request' && serverOf(run)) }),
    ...(span.kind === 'test' && span.error !== null && { events: [exceptionEvent(span, stack)] }),
    status: span.error === null ? { code: codeOf(span) } : { code: CODE.error, message: span.error },
  }));
}

/** A test has a result of its own; of the others, only an error is stated. */
const codeOf = ({ attributes }: RunSpan): number =>
  attributes['test.case.result.status'] === 'pass' ? CODE.ok : CODE.unset;

function serverOf({ target }: RunModel): Record<string, string | number> {
  if (!URL.canParse(target.url)) return {};
  const { hostname, port, protocol } = new URL(target.url);
  return { 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) };
}

const exceptionEvent = ({ to, error }: RunSpan, stack: string): object => ({
  timeUnixNano: nanos(to),
  name: 'exception',
  attributes: keyValues({ 'exception.message': error ?? '', 'exception.stacktrace': stack }),
});

/** 64-bit integers are strings in the JSON encoding. */
const keyValues = (attributes: Readonly<Record<string, string | number>>): object[] =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));

/** Of epoch ms; as a number it would have lost its last digits. */
function nanos(ms: number): string {
  const whole = Math.floor(ms);
  return String(BigInt(whole) * BigInt(NANOS_PER_MS) + BigInt(Math.floor((ms - whole) * NANOS_PER_MS)));
}

const digest = (text: string, characters: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, characters);
