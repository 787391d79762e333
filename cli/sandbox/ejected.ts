// The program that `sandbox eject` writes into a repository: it runs that repository on this host.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { describeFailure } from '../failures';
import { sandboxOnHost } from './on-host';

const USAGE = `Usage: node e2e/run-on-host.cjs [--hub <url>] [--json]

Brings this clone to the newest commit of its upstream branch, and runs its test command in a copy with a stack of its
own. --hub: where the report is posted (default: HUB_URL); --json: print the report as one line of JSON.

Exit codes: 0 the test command passed; 1 it failed, or ran into its limit; 2 the manifest is invalid; 3 the branch has
diverged, its upstream was not reached, or the stack did not become ready; 4 something could not be removed.
`;

async function main(args: readonly string[]): Promise<void> {
  const options = {
    hub: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  const { hub, json, help } = parseArgs({ args: [...args], options }).values;
  if (help) return void process.stdout.write(USAGE);
  await sandboxOnHost(join(__dirname, '..'), { ...(hub !== undefined && { hub }), ...(json && { json }) });
}

function endWith(error: unknown): void {
  const isUsage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  const failure = isUsage ? { line: `${error.message}\n${USAGE}`, exitCode: EXIT_CODES.usage } : describeFailure(error);
  process.stderr.write(`${terminalText(failure.line.trimEnd())}\n`);
  process.exitCode = failure.exitCode;
}

main(process.argv.slice(2)).catch(endWith);
