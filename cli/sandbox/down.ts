import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { Ledger, readLedger, type LedgerState } from '../../tools/sandbox/ledger/ledger';
import { isRunning } from '../../tools/sandbox/ledger/runner-process';
import type { Remaining } from '../../contract/sandbox-report';
import { teardown } from '../../tools/sandbox/run/teardown';
import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { transportOf } from '../../tools/sandbox/transport/transport-of';
import { sshConfig } from './host';
import { ledgerFile, readPresentRuns, resourcesText } from './state-directory';

/** Removes what one run has kept or left. Exit 4: something remains. */
export async function sandboxDown(id: string, { json }: { readonly json?: true }): Promise<void> {
  const file = ledgerFile(id);
  const state = /^[0-9a-f]{8}$/.test(id) ? readLedger(file) : null;
  if (state === null) throw new SandboxError('RUN_UNKNOWN', `there is no run ${id}: see npx tuningfork sandbox list`);
  if (isRunning(state.run.runner))
    throw new SandboxError(
      'RUN_ACTIVE',
      `run ${id} is running as process ${state.run.runner.pid}: interrupt it instead`,
    );
  const leaks = await remove(state);
  const changed = state.present.length > leaks.length;
  const text = changed ? `removed ${describe(state)}` : `${state.run.name} has nothing on ${state.run.host}`;
  process.stdout.write(json ? `${JSON.stringify({ run: id, changed, leaks })}\n` : `${terminalText(text)}\n`);
  reportLeaks(leaks);
}

/** Removes what runs have left whose runner has ended without it. Exit 4: something remains. */
export async function sandboxSweep({ json }: { readonly json?: true }): Promise<void> {
  const orphans = readPresentRuns().filter(({ state }) => state === 'left');
  const leaks: Remaining[] = [];
  for (const state of orphans) leaks.push(...(await remove(state)));
  const swept = orphans.map(({ run }) => ({ run: run.id, name: run.name, host: run.host }));
  const lines = orphans.map((state) => `removed ${describe(state)}\n`);
  process.stdout.write(
    json ? `${JSON.stringify({ swept, leaks })}\n` : terminalText(lines.join('')) || 'nothing was left behind\n',
  );
  reportLeaks(leaks);
}

const remove = (state: LedgerState): Promise<Remaining[]> =>
  teardown(transportOf(state.run.host, sshConfig()), new Ledger(ledgerFile(state.run.id)), state);

const describe = ({ run, present }: LedgerState): string => `${run.name}: ${resourcesText(present)}`;

function reportLeaks(leaks: readonly Remaining[]): void {
  if (leaks.length === 0) return;
  process.exitCode = EXIT_CODES.leftBehind;
  for (const { kind, name } of leaks)
    process.stderr.write(`${terminalText(`TEARDOWN_LEAKED: ${kind} ${name} remains`)}\n`);
}
