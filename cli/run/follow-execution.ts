import type { Execution } from '../../contract/executions';
import { EXIT_CODES } from '../../contract/errors';
import { writeJson } from '../../contract/json-text/write-json';
import type { Client } from '../../helpers/client/client';
import { followLog } from '../../helpers/client/follow-log';
import { failedRuns } from '../verify/failed-runs';
import { failureCodes } from '../verify/failure-codes';
import { announceInquiries } from './announce-inquiries';
import { logLine } from './log-line';
import { outputOf } from './output-of';

interface Follow {
  readonly url: string;
  /** For a line of the log, on stderr. */
  readonly print: (line: string) => void;
  readonly warnings?: readonly string[];
}

/**
 * Prints the log of an execution, and what it waits for, until its end, and then its result as one
 * line of JSON on stdout. The exit code is 1 unless it completed.
 */
export async function followExecution(
  client: Client,
  id: number,
  { url, print, warnings = [] }: Follow,
): Promise<void> {
  const ended = new AbortController();
  const announcing = announceInquiries(client, { root: id, url, print, ended: ended.signal });
  try {
    for await (const entry of followLog(client, id)) print(logLine(entry));
  } finally {
    ended.abort();
    await announcing;
  }
  const execution = await client.executions.get(id);
  const failures = execution.status === 'completed' ? [] : await failureLines(client, id);
  for (const line of failures) print(line);
  process.stdout.write(`${writeJson(resultLine(execution, failures, warnings))}\n`);
  if (execution.status !== 'completed') process.exitCode = EXIT_CODES.testFailed;
}

async function failureLines(client: Client, id: number): Promise<string[]> {
  const tree = await client.executions.tree(id);
  return failedRuns(tree, await failureCodes(client, tree));
}

const resultLine = (execution: Execution, failures: readonly string[], warnings: readonly string[]): object => ({
  status: execution.status,
  id: execution.id,
  output: outputOf(execution),
  failures: orAbsent(failures),
  warnings: orAbsent(warnings),
});

/** What is undefined is no part of the line. */
const orAbsent = (lines: readonly string[]) => (lines.length > 0 ? lines : undefined);
