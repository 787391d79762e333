import { messageOf } from '../../errors';
import { sharedPack } from '../../fixtures/shared-pack';
import { mapConcurrently } from '../../in-parallel';
import { randomName, runPrefix } from '../../scenario/names';
import type { Finding } from '../finding';
import { openProbeContext, type OpenProbeContext } from './open-probe-context';
import type { Probe, ProbeContext, ProbeTarget } from './probe-context';
import { EXCLUSIVE_PROBES, PROBES, type ProbeTable } from './probe-table';
import { measureRuns } from './run-latency';
import { runAgainAlone, slowOf, type SlowTarget } from './slow-probes';
import { firstLine } from '../../line-of-text';
import { findingOfError } from './unproven-error';

/** What the probes observed. */
export interface ProbeReport {
  readonly findings: Record<string, Finding>;
  /** One sentence for each probe in which the harness itself failed. */
  readonly failures: string[];
  /** One sentence for each object of the probes that the target did not remove. */
  readonly leftovers: string[];
}

export interface MeasuredReport extends ProbeReport {
  /** The worst time from request to finish, ms. */
  readonly latency: { readonly runMs: number };
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
  const report: ProbeReport = {
    findings: {},
    failures: [],
    leftovers: [],
  };
  const uploadDeadline = performance.now() + UPLOAD_TIMEOUT_MS;
  const { ref: actions } = await sharedPack(client, { run: runName, directory, vendored }, 'e2e', [], uploadDeadline);
  const ref = `${runPrefix(runName)}probe-${randomName(6)}`;
  const { ref: pack } = await client.packs.create({ ref, label: 'Objects of the probes', version: '1.0.0' });
  const packs = { pack, actions };
  const opened = openProbeContext(target, packs);
  opened.context.defer(() => client.packs.remove(pack));
  try {
    const measured = await measureRuns(opened.context);
    const run = (table: ProbeTable, needed: ReadonlySet<string>): Promise<string[]> => {
      const selected = Object.entries(table).filter(([name]) => needed.has(name));
      return runAll(openProbeContext(target, packs, measured), selected, report);
    };
    const users = [...(await run(PROBES, names)), ...(await run(EXCLUSIVE_PROBES, names))];
    if (consequences(report, users).length > 0 && !report.findings[LEDGER]) await run(PROBES, new Set([LEDGER]));
    await decideSlow({ target, packs, measured }, report, users);
    return { ...report, latency: { runMs: measured.runMs }, clockOffsetMs: measured.clockOffsetMs };
  } finally {
    await release(opened, report);
  }
}

const LEDGER = 'ledger.shared';

/** Names of the failed probes that use the ledger, besides its own. */
const consequences = ({ findings }: ProbeReport, users: readonly string[]): string[] =>
  users.filter((name) => name !== LEDGER && findings[name]?.isProven === false);

/**
 * Without a ledger, what such a probe did not see decides nothing: one cause, and no contradiction
 * to a declaration.
 */
export function decideNothingWithoutLedger(report: ProbeReport, users: readonly string[]): void {
  if (report.findings[LEDGER]?.isProven !== false) return;
  for (const name of consequences(report, users))
    report.findings[name] = {
      isProven: false,
      isUndecided: true,
      reason: `not observed, because of ${LEDGER}`,
    };
}

/** The ledger first: without it, the others are not waited for again. */
async function decideSlow(slow: SlowTarget, report: ProbeReport, users: readonly string[]): Promise<void> {
  const again = (names: readonly string[]): Promise<void> => {
    const probes = Object.entries({ ...PROBES, ...EXCLUSIVE_PROBES }).filter(([name]) => names.includes(name));
    return runAgainAlone(slow, probes, report.findings, async (opened, name, probe) => {
      const own: ProbeReport = { ...report, findings: {} };
      await runAll(opened, [[name, probe]], own);
      return own.findings[name];
    });
  };
  await again(slowOf(report.findings, [LEDGER]));
  decideNothingWithoutLedger(report, users);
  await again(slowOf(report.findings, Object.keys(report.findings)).filter((name) => name !== LEDGER));
}

/** The context of one probe, and whether it has used the ledger. */
function noteLedgerUse(context: ProbeContext): { readonly context: ProbeContext; isNoted(): boolean } {
  let isNoted = false;
  const noted = new Proxy(context, {
    get: (target, name: keyof ProbeContext) => {
      if (name === 'ledger') isNoted = true;
      return target[name];
    },
  });
  return { context: noted, isNoted: () => isNoted };
}

/**
 * Runs probes, then releases what they left. Adds their findings to the report. Returns the names
 * of those that have used the ledger, the file of this host in which processes write.
 */
export async function runAll(
  opened: OpenProbeContext,
  probes: readonly (readonly [string, Probe])[],
  report: ProbeReport,
): Promise<string[]> {
  const { context } = opened;
  const users: string[] = [];
  try {
    await mapConcurrently(probes, context.width, async ([name, probe]) => {
      try {
        const ledgerUse = noteLedgerUse(context);
        report.findings[name] = await observe(probe, ledgerUse.context);
        if (ledgerUse.isNoted()) users.push(name);
      } catch (error) {
        report.failures.push(`the probe of ${name} failed: ${messageOf(error)}`);
      }
    });
  } finally {
    await release(opened, report);
  }
  return users;
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
