import { messageOf } from '../../errors';
import { sharedPack } from '../../fixtures/shared-pack';
import { mapConcurrently } from '../../in-parallel';
import { randomName, runPrefix } from '../../scenario/names';
import type { Finding } from '../finding';
import { openProbeContext, type OpenProbeContext } from './open-probe-context';
import type { Probe, ProbeContext, ProbeTarget } from './probe-context';
import { EXCLUSIVE_PROBES, PROBES } from './probe-table';
import { measureGap, measureRuns } from './run-latency';
import { findingOfError, firstLine } from './unproven-error';

/** What the probes observed. */
export interface ProbeReport {
  readonly findings: Record<string, Finding>;
  /** One sentence for each probe in which the harness itself failed. */
  readonly failures: string[];
  /** One sentence for each object of the probes that the target did not remove. */
  readonly leftovers: string[];
}

export interface MeasuredReport extends ProbeReport {
  /** Latencies of the target, ms. */
  readonly latency: { readonly runMs: number; readonly gapMs: number };
  /** Epoch ms by the target's clock minus epoch ms by the host's. */
  readonly clockOffsetMs: number;
}

/** Time for another process of the run that uploads the same pack, ms. */
const UPLOAD_TIMEOUT_MS = 30_000;

/**
 * Measures the target and tests the named capabilities, in a pack that is removed afterwards.
 * Names without a probe are ignored. Throws only if not even a trivial action runs.
 */
export async function runProbes(target: ProbeTarget, names: ReadonlySet<string>): Promise<MeasuredReport> {
  const { client, directory, runName, vendored } = target;
  const report: ProbeReport = { findings: {}, failures: [], leftovers: [] };
  const uploadDeadline = performance.now() + UPLOAD_TIMEOUT_MS;
  const { ref: actions } = await sharedPack(client, { run: runName, directory, vendored }, 'e2e', [], uploadDeadline);
  const ref = `${runPrefix(runName)}probe-${randomName(6)}`;
  const { ref: pack } = await client.packs.create({ ref, label: 'Objects of the probes', version: '1.0.0' });
  const packs = { pack, actions };
  const opened = openProbeContext(target, packs);
  opened.context.defer(() => client.packs.remove(pack));
  try {
    const measured = await measureRuns(opened.context);
    const gapMs = await measureGap(opened.context);
    for (const table of [PROBES, EXCLUSIVE_PROBES]) {
      const selected = Object.entries(table).filter(([name]) => names.has(name));
      await runAll(openProbeContext(target, packs, measured), selected, report);
    }
    return { ...report, latency: { runMs: measured.runMs, gapMs }, clockOffsetMs: measured.clockOffsetMs };
  } finally {
    await release(opened, report);
  }
}

/** Runs probes, then releases what they left. Adds their findings to the report. */
export async function runAll(
  opened: OpenProbeContext,
  probes: readonly (readonly [string, Probe])[],
  report: ProbeReport,
): Promise<void> {
  const { context } = opened;
  try {
    await mapConcurrently(probes, context.width, async ([name, probe]) => {
      try {
        report.findings[name] = await observe(probe, context);
      } catch (error) {
        report.failures.push(`the probe of ${name} failed: ${messageOf(error)}`);
      }
    });
  } finally {
    await release(opened, report);
  }
}

/** Throws an error of the harness itself. */
async function observe(probe: Probe, context: ProbeContext): Promise<Finding> {
  try {
    await probe(context);
    return { isProven: true };
  } catch (error) {
    const finding = findingOfError(error);
    if (finding) return finding;
    throw error;
  }
}

async function release({ cleanup }: OpenProbeContext, { failures, leftovers }: ProbeReport): Promise<void> {
  for (const error of await cleanup.run()) {
    if (findingOfError(error))
      leftovers.push(`the probes left an object on the target: ${firstLine(messageOf(error))}`);
    else failures.push(`the cleanup of the probes failed: ${messageOf(error)}`);
  }
}
