import { EXIT_CODES } from '../contract/errors';
import { readScenarios } from '../helpers/docs/scenario-files';
import { JEST_WORKERS } from '../helpers/jest/worker-count';
import { repositoryRoot } from '../helpers/repository-root';
import { assessTarget } from '../helpers/target/assess-target';
import { absenceReasons, provenCapabilities } from '../helpers/target/assessment';
import { forecastClaims } from '../helpers/target/forecast';
import { LeftoverError } from '../helpers/target/leftover-error';
import { PROBES } from '../helpers/target/probes/probe-table';
import { identityOf, openTarget, type OpenTarget } from '../helpers/target/provision';
import { targetFilePath } from '../helpers/target/target-file';
import { unusableTargetMessage } from '../helpers/target/unusable-target';
import { CommandError } from './failures';
import { countOutcomes, renderTargetReport, type TargetReport } from './target-report';

/**
 * Prints for each claim whether a run on the platform would prove it, and why not. Exit 3: the
 * suite cannot use the platform, or it differs from its declaration.
 */
export async function doctorTarget(address: string, json: boolean): Promise<void> {
  const report = await assess(address);
  const { claims, contradictions } = report;
  const ok = contradictions.length === 0;
  process.stdout.write(
    json ? `${JSON.stringify({ ok, ...report, counts: countOutcomes(claims) })}\n` : renderTargetReport(report),
  );
  if (!ok) process.exitCode = EXIT_CODES.notProvisioned;
}

async function assess(address: string): Promise<TargetReport> {
  try {
    const opened = await openTarget({ ...process.env, PLATFORM_URL: address });
    try {
      return await assessOpened(opened);
    } finally {
      await opened.release();
    }
  } catch (error) {
    if (error instanceof LeftoverError) throw new CommandError(error.message, EXIT_CODES.leftBehind);
    const message = unusableTargetMessage(error);
    throw message === null ? error : new CommandError(message, EXIT_CODES.notProvisioned);
  }
}

/** Probes what all claims need, and whatever else has a probe. */
async function assessOpened({ target, client, run, directory }: OpenTarget): Promise<TargetReport> {
  const claims = readScenarios(repositoryRoot()).flatMap((scenario) => scenario.claims);
  const { capabilities, contradictions, manifest, leftovers } = await assessTarget(target, client, {
    needs: new Set([...claims.flatMap(({ needs }) => needs), ...Object.keys(PROBES)]),
    jestWorkers: JEST_WORKERS,
    run,
    directory,
  });
  for (const leftover of leftovers) process.stderr.write(`tuningfork: ${leftover}\n`);
  const assessed = { capabilities: provenCapabilities(capabilities), absences: absenceReasons(capabilities) };
  const today = new Date().toISOString().slice(0, 10);
  return {
    url: target.url,
    platform: identityOf(manifest).platform,
    targetFile: targetFilePath(target.name),
    claims: forecastClaims(claims, assessed, target.declarations, today),
    contradictions,
  };
}
