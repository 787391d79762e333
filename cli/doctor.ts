import { EXIT } from '../contract/errors';
import { colours } from './banner';
import { examine, type Finding } from './doctor-checks';

/** Prints one line for each thing a platform needs, and how to get it; exit 3 when something needed is missing. */
export function doctor(json: boolean): void {
  const checks = examine();
  const ok = checks.every((check) => check.ok || !check.needed);
  process.stdout.write(
    json ? `${JSON.stringify({ ok, checks })}\n` : `${checks.map(lineOf).join('\n')}\n${verdict(ok)}\n`,
  );
  if (!ok) process.exitCode = EXIT.notProvisioned;
}

function lineOf({ name, ok, needed, found, remedy }: Finding): string {
  const { green, red, yellow, dim } = colours();
  const word = ok ? green('ok     ') : needed ? red('missing') : yellow('slower ');
  return `${word}  ${name.padEnd(26)}${dim(found)}${remedy === null ? '' : `\n         → ${remedy}`}`;
}

const verdict = (ok: boolean): string =>
  ok ? '\nReady: npx tuningfork up, or npx jest tests/e2e/tier2' : '\nNot ready: what is missing above comes first.';
