import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { colours } from '../colours';
import type { HostFinding } from '../../tools/sandbox/check-host';
import { runChecks } from './doctor-checks';

/** Prints one line for each requirement, and how to install it. Exit 3: one is missing. */
export async function doctor(json: boolean): Promise<void> {
  const checks = await runChecks();
  const ok = checks.every((check) => check.ok || !check.needed);
  process.stdout.write(
    json ? `${JSON.stringify({ ok, checks })}\n` : `${checks.map(findingLine).join('\n')}\n${summary(ok)}\n`,
  );
  if (!ok) process.exitCode = EXIT_CODES.notProvisioned;
}

/** One finding, and below it what would be right. */
export function findingLine({ name, ok, needed, found, remedy }: HostFinding): string {
  const { green, red, yellow, dim } = colours();
  const label = ok ? green('ok     ') : needed ? red('missing') : yellow('limited');
  return `${label}  ${name.padEnd(26)}${dim(terminalText(found))}${remedy === null ? '' : `\n         → ${remedy}`}`;
}

const summary = (ok: boolean): string =>
  ok ? '\nReady. Next: npx tuningfork up, or npx jest tests/e2e/tier2' : '\nNot ready: install what is missing first.';
