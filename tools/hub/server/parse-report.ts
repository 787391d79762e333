import type { TSchema } from '@sinclair/typebox';
import { SandboxReport } from '../../../contract/sandbox-report';
import { SuiteReport } from '../../../contract/suite-report';
import { faultsOf } from '../../../helpers/client/validate';
import { RunModel } from '../../../helpers/run-report/run-model';
import type { NewRun } from '../store/runs';
import { sandboxRows } from '../store/sandbox-run';
import type { SuiteRun } from '../store/stored-report';
import { suiteRows } from '../store/suite-run';

/** A posted report as rows, or every problem of it. */
export type ParsedReport = { readonly run: NewRun } | { readonly problems: readonly string[] };

/** Reads a report by its `schema`. */
export function parseReport(body: unknown): ParsedReport {
  const isSuite = typeof body === 'object' && body !== null && 'schema' in body && body.schema === 'suite-report/1';
  if (!isSuite) {
    const problems = problemsOf(SandboxReport, body);
    return problems.length > 0 ? { problems } : { run: sandboxRows(body as SandboxReport) };
  }
  const problems = problemsOf(SuiteReport, body);
  if (problems.length > 0) return { problems };
  const { run } = body as SuiteReport;
  const ofRun = problemsOf(RunModel, run).map((problem) => `/run${problem}`);
  return ofRun.length > 0 ? { problems: ofRun } : { run: suiteRows(body as SuiteRun) };
}

const problemsOf = (schema: TSchema, value: unknown): string[] =>
  faultsOf(schema, value).map(({ instancePath, message, params }) => {
    const { additionalProperty: name } = params as { additionalProperty?: string };
    return `${instancePath || '/'}: ${message ?? ''}${name === undefined ? '' : ` (${name})`}`;
  });
