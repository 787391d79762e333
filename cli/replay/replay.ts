import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import type { ReplayReport, ReplayRequest } from '../../contract/workflows/replay';
import { writeJson } from '../../contract/json-text/write-json';
import { readWorkflowFile } from '../compile/workflow-file';
import { usageError } from '../failures';
import { withNamedPlatform } from '../run/command-platform';
import { throwUsageAt } from '../run/rejection';
import { interruptible } from '../stop-cause';
import { replayLines } from './replay-lines';

/** Parsed options: those that were not given are absent. */
export interface ReplayFlags {
  readonly revision?: number;
  readonly file?: string;
  readonly target?: string;
  readonly json?: true;
}

const EXIT_BY_VERDICT = {
  same: EXIT_CODES.done,
  diverged: EXIT_CODES.testFailed,
  not_compared: EXIT_CODES.notProven,
} as const satisfies Record<ReplayReport['verdict'], number>;

/**
 * Prints whether another version of a workflow would have done what a finished execution did. The
 * platform computes it from its record, and starts nothing.
 */
export async function replay(execution: number, { revision, file, target, json }: ReplayFlags): Promise<void> {
  const request = requestOf(revision, file);
  await interruptible('a replay changes nothing', (stop) =>
    withNamedPlatform(target, stop, async (client) => {
      const report = await client.executions.replay(execution, request).catch(throwUsageAt(404, 409, 422));
      process.stdout.write(`${json ? writeJson(report) : terminalText(replayLines(report).join('\n'))}\n`);
      process.exitCode = EXIT_BY_VERDICT[report.verdict];
    }),
  );
}

function requestOf(revision: number | undefined, file: string | undefined): ReplayRequest {
  if (revision !== undefined && file !== undefined)
    throw usageError('--revision and --file exclude each other: give one version');
  if (file === undefined) return revision === undefined ? {} : { revision };
  const { definition, param_schema, out_schema } = readWorkflowFile(file);
  return {
    definition,
    ...(param_schema !== null && { param_schema }),
    ...(out_schema !== null && { out_schema }),
  };
}
