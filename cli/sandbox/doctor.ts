import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { checkHost, type HostFinding } from '../../tools/sandbox/check-host';
import { writeTrialRepository } from '../../tools/sandbox/trial-repository';
import { readManifest } from '../../tools/sandbox/manifest/read-manifest';
import { PhaseRecorder } from '../../tools/sandbox/run/phase-recorder';
import { runSandbox } from '../../tools/sandbox/run/run-sandbox';
import { transportOf } from '../../tools/sandbox/transport/transport-of';
import { findingLine } from '../doctor/doctor';
import { selectHost, sshConfig } from './host';
import { openSandbox } from './open-sandbox';
import { SILENT } from './progress';
import type { CaughtSignals } from './signals';

/**
 * Checks a host and runs a trial stack on it. Exit 3: something needed is missing, or the trial
 * failed. Throws SandboxError where the host is not reached.
 */
export async function sandboxDoctor({
  host: option,
  json,
}: {
  readonly host?: string;
  readonly json?: true;
}): Promise<void> {
  const { host, reason } = selectHost(option);
  const checks = await checkHost(transportOf(host, sshConfig()));
  const isUsable = () => checks.every(({ ok, needed }) => ok || !needed);
  if (isUsable()) checks.push(await trial(host));
  const text = [`host ${host}: ${reason}`, ...checks.map(findingLine), ''].join('\n');
  process.stdout.write(json ? `${JSON.stringify({ ok: isUsable(), host, checks })}\n` : text);
  if (!isUsable()) process.exitCode = EXIT_CODES.notProvisioned;
}

/** Runs the smallest stack, from its copy to its removal. A signal ends the process after that. */
async function trial(host: string): Promise<HostFinding> {
  const root = await mkdtemp(join(tmpdir(), 'tuningfork-trial-'));
  let signals: CaughtSignals | null = null;
  try {
    await writeTrialRepository(root);
    const open = await openSandbox(root, await readManifest(root), host);
    signals = open.signals;
    const from = performance.now();
    const request = { keep: false, onlyHealth: false, output: null };
    const { failure, exitCode } = await runSandbox(open.sandbox, request, new PhaseRecorder(SILENT));
    const seconds = ((performance.now() - from) / 1_000).toFixed(1);
    const found = failure?.message ?? `a stack started and was removed in ${seconds} s`;
    const ok = exitCode === EXIT_CODES.done;
    return {
      name: 'trial run',
      ok,
      needed: true,
      found,
      remedy: ok ? null : 'see the message of the phase that failed',
    };
  } finally {
    await rm(root, { recursive: true });
    signals?.exit();
  }
}
