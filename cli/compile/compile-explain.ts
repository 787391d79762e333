import { terminalText } from '../../contract/text/terminal-text';
import { writeJson } from '../../contract/json-text/write-json';
import { EXIT_CODES } from '../../contract/errors';
import type { Explanation } from '../../contract/workflows/explanation';
import type { Client } from '../../helpers/client/client';
import { checkSource } from '../../platform/core/workflow/compile/compile';
import { explain, NOTHING_KNOWN } from '../../platform/core/workflow/compile/explain';
import { loadDefinition } from '../../platform/core/workflow/load/load-definition';
import { usageError } from '../failures';
import { withNamedPlatform } from '../run/command-platform';
import { throwRejection } from '../run/rejection';
import { interruptible } from '../stop-cause';
import { explanationLines, type FileExplanation } from './explanation-lines';
import { isWorkflowFile, readWorkflowFile } from './workflow-file';

/** Parsed options: those that were not given are absent. */
export interface CompileFlags {
  readonly revision?: number;
  readonly target?: string;
  readonly json?: true;
}

/**
 * Prints what a compile would give: of a file without a platform, of a ref on the platform that is
 * named. Exit 1 where it does not compile.
 */
export async function compileExplain(workflow: string, { revision, target, json }: CompileFlags): Promise<void> {
  const print = (explanation: Explanation | FileExplanation): void => {
    const text = json ? writeJson(explanation) : terminalText(explanationLines(explanation).join('\n'));
    process.stdout.write(`${text}\n`);
    if (explanation.findings.length > 0) process.exitCode = EXIT_CODES.testFailed;
  };
  if (!isWorkflowFile(workflow)) {
    return interruptible('an explanation changes nothing', (stop) =>
      withNamedPlatform(target, stop, async (client) => {
        print(await explainOn(client, workflow, revision).catch(throwRejection));
      }),
    );
  }
  if (revision !== undefined || target !== undefined)
    throw usageError('--revision and --target need the ref of a workflow, not a file');
  print(explainFile(workflow));
}

/** By default the newest revision. */
async function explainOn(client: Client, ref: string, revision?: number): Promise<Explanation> {
  const newest = revision ?? Math.max(...(await client.workflows.revisions(ref)).map((one) => one.revision));
  return client.workflows.explainRevision(ref, newest);
}

function explainFile(file: string): FileExplanation {
  const source = readWorkflowFile(file);
  const { definition, findings } = checkSource(source);
  const empty = { tasks: [], output: [], complete: true };
  const warnings = definition === null ? [] : loadDefinition(source.definition, source).warnings;
  return {
    workflow: source.ref,
    findings,
    warnings,
    ...(definition === null ? empty : explain(definition, NOTHING_KNOWN)),
  };
}
