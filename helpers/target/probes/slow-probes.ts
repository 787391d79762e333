import { createClient } from '../../client/client';
import { randomName, runPrefix } from '../../scenario/names';
import type { Finding } from '../finding';
import { createRunDirectory } from '../run-directory';
import { openProbeContext, type OpenProbeContext } from './open-probe-context';
import { completedExecution, startExecution, type Probe, type ProbePacks, type ProbeTarget } from './probe-context';
import type { RunMeasurement } from './run-latency';

/** How much longer than before a probe waits that runs again. */
const PATIENCE = 3;
/** For each response then, ms. */
const RESPONSE_MS = 60_000;

/** Runs one probe in the context, and releases what it left. */
export type RunOne = (opened: OpenProbeContext, name: string, probe: Probe) => Promise<Finding | undefined>;

/** What probes need to run again. */
export interface SlowTarget {
  readonly target: ProbeTarget;
  readonly packs: ProbePacks;
  readonly measured: RunMeasurement;
}

type Findings = Record<string, Finding>;
type SlowFinding = Finding & { readonly isProven: false };

const isSlow = (finding: Finding | undefined): finding is SlowFinding =>
  finding?.isProven === false && finding.isSlow !== undefined;

/** Names of the probes whose limit passed, and that no other cause explains. */
export const slowOf = (findings: Findings, names: readonly string[]): string[] =>
  names.filter((name) => isSlow(findings[name]));

/**
 * Runs probes again whose limit passed, one at a time and with a larger limit, after a trivial
 * action. If the target does not even run that, this is the one reason of all, and they stay
 * undecided; so does a probe that has no response. What the target had time for, and did not do,
 * it lacks.
 */
export async function runAgainAlone(
  { target, packs, measured }: SlowTarget,
  probes: readonly (readonly [string, Probe])[],
  findings: Findings,
  runOne: RunOne,
): Promise<void> {
  if (probes.length === 0) return;
  const names = probes.map(([name]) => name).join(', ');
  process.stderr.write(
    `tuningfork: without a result in time, and tried again one at a time with larger limits: ${names}\n`,
  );
  const { client: common, baseUrl, notifier, runName, directory } = target;
  const client = createClient({ baseUrl, token: notifier.token, timeoutMs: RESPONSE_MS });
  const ref = `${runPrefix(runName)}probe-${randomName(6)}`;
  const { ref: pack } = await client.packs.create({ ref, label: 'Objects of the probes', version: '1.0.0' });
  const open = (): OpenProbeContext => {
    const own = createRunDirectory(directory).path; // its files are none of the first attempt
    return openProbeContext({ ...target, client, directory: own }, { ...packs, pack }, measured, PATIENCE);
  };
  const again = async (name: string, probe: Probe): Promise<Finding | undefined> => {
    const startedAt = performance.now();
    const finding = await runOne(open(), name, probe);
    return isSlow(finding) ? decideAlone(finding, performance.now() - startedAt) : finding;
  };
  try {
    const outage = outageOf(await again('core', probeTrivialRun));
    for (const [name, probe] of probes) {
      const finding = outage ?? (await again(name, probe));
      if (finding !== undefined) findings[name] = finding;
    }
  } finally {
    await common.packs.remove(pack);
  }
}

const probeTrivialRun: Probe = async (context) => {
  const { id } = await startExecution(context, 'core.noop', {});
  await completedExecution(context, id);
};

/** Null: the target runs actions. */
const outageOf = (finding: Finding | undefined): Finding | null =>
  finding?.isProven === false ? { ...finding, isSlow: 'response' } : null;

function decideAlone({ reason, isSlow: missing }: SlowFinding, waitedMs: number): Finding {
  const seconds = `${(waitedMs / 1_000).toFixed(0)} s alone`;
  return missing === 'response'
    ? { isProven: false, reason: `undecided after ${seconds}: ${reason}`, isSlow: missing }
    : { isProven: false, reason: `${reason}; it had ${seconds}` };
}
