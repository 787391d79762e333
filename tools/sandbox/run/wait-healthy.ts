import { setTimeout as sleep } from 'node:timers/promises';
import { replaceVariables } from '../compose/interpolate';
import type { HealthCheck } from '../manifest/manifest';
import { SandboxError } from '../sandbox-error';
import { FETCH_STATUS } from '../stack/host-scripts';
import type { Stack } from '../stack/stack';
import type { CheckReport } from '../../../contract/sandbox-report';
import { variablesOf, type Ports, type Sandbox } from './sandbox';

const POLL_MS = 250;
/** Exit code of a script that was killed at its limit. */
const KILLED = 137;
/** Of one try, ms; its script ends it earlier where the host has curl or node. */
const TRY_LIMIT_MS = 10_000;

/**
 * Waits until each check is answered 2xx, each within its own time, from the host of the stack.
 * `reports` receives what was seen, also where it throws SandboxError: of a check that is not
 * ready in time, or of a service that has failed.
 */
export async function waitHealthy(sandbox: Sandbox, stack: Stack, ports: Ports, reports: CheckReport[]): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([sandbox.stop, failed.signal]);
  const waits = sandbox.manifest.health_checks.map(async (check) => {
    const report = await waitForCheck(sandbox, check, stack, ports, stop);
    reports.push(report);
    if (!report.ready && !stop.aborted) throw timedOut(check, report);
  });
  const ends = await Promise.allSettled(
    waits.map((wait) => wait.catch((error: unknown) => (failed.abort(), Promise.reject(error as Error)))),
  );
  const order = sandbox.manifest.health_checks.map(({ name }) => name);
  reports.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const rejected = ends.find((end) => end.status === 'rejected');
  if (rejected) throw rejected.reason;
  await stack.requireRunning();
}

async function waitForCheck(
  sandbox: Sandbox,
  { name, url: template, timeout }: HealthCheck,
  stack: Stack,
  ports: Ports,
  stop: AbortSignal,
): Promise<CheckReport> {
  const url = replaceVariables(template, variablesOf(sandbox, ports));
  const from = performance.now();
  for (let tries = 1; ; tries++) {
    const status = await fetchStatus(sandbox, url);
    const ms = Math.round(performance.now() - from);
    const ready = status >= 200 && status < 300;
    if (!ready) await stack.requireRunning();
    if (ready || stop.aborted || ms >= timeout * 1_000)
      return { name, url, ready, tries, last_status: status === 0 ? null : status, ms };
    await sleep(Math.min(POLL_MS, Math.max(0, timeout * 1_000 - ms)), undefined, { signal: stop }).catch(() =>
      sandbox.stop.throwIfAborted(),
    );
  }
}

/** Of the answer; 0 without one in time. */
async function fetchStatus({ transport }: Sandbox, url: string): Promise<number> {
  const { code, stdout, stderr } = await transport.run(FETCH_STATUS, { args: [url], limitMs: TRY_LIMIT_MS });
  if (code === 0) return Number(stdout.trim());
  if (code === KILLED) return 0;
  throw new Error(`health cannot be requested on ${transport.host}: ${stderr.trim()}`);
}

const timedOut = ({ name, timeout }: HealthCheck, { url, tries, last_status: status }: CheckReport): SandboxError =>
  new SandboxError(
    'HEALTH_TIMEOUT',
    `${name} was not ready after ${timeout} s and ${tries} tries of ${url}: ${status === null ? 'no answer' : `the last answer was ${status}`}`,
  );
