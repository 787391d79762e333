import { terminalText } from '../contract/text/terminal-text';
import { writeJson } from '../contract/json-text/write-json';
import { withNamedPlatform } from './run/command-platform';
import { goesOn, mayHaveStarted } from './run/execution-outcome';
import { followExecution } from './run/follow-execution';
import { readParameters } from './run/parse-parameters';
import { throwUsageAt } from './run/rejection';
import { interruptible } from './stop-cause';
import { linePrinter } from './line-printer';

/** Parsed options: those that were not given are absent. */
export interface RerunFlags {
  readonly from: string;
  readonly parameters?: string;
  readonly wait?: true;
  readonly target?: string;
  readonly json?: true;
}

/**
 * Runs the workflow of an ended execution again from a task, and prints the id of the new
 * execution; with `--wait`, its result as one line of JSON when it has ended. Exit 1 unless it
 * completed.
 */
export async function rerun(execution: number, { from, parameters, wait, target, json }: RerunFlags): Promise<void> {
  const request = { from, ...(parameters !== undefined && { parameters: readParameters(parameters) }) };
  const print = linePrinter(json === true);
  await interruptible('nothing was started', (stop, report) =>
    withNamedPlatform(target, stop, async (client, url) => {
      report(mayHaveStarted(url));
      const { id, status } = await client.executions.rerun(execution, request).catch(throwUsageAt(404, 409, 422));
      report(goesOn(url, id));
      if (wait === true) return followExecution(client, id, { url, print });
      const line = json === true ? writeJson({ status, id }) : `execution ${id} runs from ${from}`;
      process.stdout.write(`${terminalText(line)}\n`);
    }),
  );
}
