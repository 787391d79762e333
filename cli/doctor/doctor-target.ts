import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { readScenarios } from '../../helpers/docs/scenario-files';
import { JEST_WORKERS } from '../../helpers/jest/worker-count';
import { repositoryRoot } from '../../helpers/repository-root';
import { assessTarget } from '../../helpers/target/assess-target';
import { absenceReasons, provenCapabilities, undecidedCapabilities } from '../../helpers/target/assessment';
import { isArmFinding } from '../../helpers/target/arm-findings';
import type { Declarations } from '../../helpers/target/declarations';
import { forecastClaims, type ClaimForecast } from '../../helpers/target/forecast';
import { LeftoverError } from '../../helpers/target/leftover-error';
import { PROBES } from '../../helpers/target/probes/probe-table';
import { platformUrl } from '../../helpers/target/platform-url';
import { identityOf } from '../../helpers/target/confirm-identity';
import { openTarget, type OpenTarget } from '../../helpers/target/provision';
import { readRunSwitches, requireKnownVariables, switchFindings, SwitchError } from '../../helpers/target/run-switches';
import { STARTED_NAME } from '../../helpers/target/obtain-target';
import { readDeclarations, targetFilePath, targetNames } from '../../helpers/target/target-file';
import { TargetError } from '../../helpers/target/target-error';
import { unusableTargetMessage } from '../../helpers/target/unusable-target';
import { CommandError, usageError } from '../failures';
import { countOutcomes, exitOfRun, renderTargetReport, type TargetReport } from './target-report';
import { printNotice } from '../line-printer';

/**
 * Prints for each claim whether a run on the platform can prove it, and why not. Exits as a run of
 * all claims would whose tests pass: 2 for an invalid variable or address; 3 where the suite
 * cannot use the platform, or it differs from its declaration; 5 where the target file differs, or
 * nothing can be proven.
 */
export async function doctorTarget(address: string, json: boolean): Promise<void> {
  const report = await assess(address);
  const { claims } = report;
  const exit = exitOfRun(report);
  const ok = exit === EXIT_CODES.done;
  process.stdout.write(
    json
      ? `${JSON.stringify({ ok, ...report, counts: countOutcomes(claims) })}\n`
      : terminalText(renderTargetReport(report)),
  );
  if (!ok) process.exitCode = exit;
}

async function assess(address: string): Promise<TargetReport> {
  try {
    platformUrl(address, '--target');
  } catch (error) {
    throw error instanceof TargetError ? usageError(error.message) : error;
  }
  try {
    requireKnownVariables(process.env);
    readRunSwitches(process.env);
    const opened = await openTarget({ ...process.env, PLATFORM_URL: address });
    try {
      return await assessOpened(opened);
    } finally {
      await opened.release();
    }
  } catch (error) {
    if (error instanceof SwitchError) throw usageError(error.message);
    if (error instanceof LeftoverError) throw new CommandError(error.message, EXIT_CODES.leftBehind);
    const message = unusableTargetMessage(error);
    throw message === null ? error : new CommandError(message, EXIT_CODES.notProvisioned);
  }
}

/** Probes what all claims need, and whatever else has a probe. */
async function assessOpened({ target, client, run, directory }: OpenTarget): Promise<TargetReport> {
  const claims = readScenarios(repositoryRoot()).flatMap((scenario) => scenario.claims);
  const { capabilities, contradictions, manifest, notes } = await assessTarget(target, client, {
    needs: new Set([...claims.flatMap(({ needs }) => needs), ...Object.keys(PROBES)]),
    jestWorkers: JEST_WORKERS,
    run,
    directory,
  });
  for (const note of notes) printNotice(note);
  const assessed = {
    capabilities: provenCapabilities(capabilities),
    absences: absenceReasons(capabilities),
    undecided: undecidedCapabilities(capabilities),
  };
  const today = new Date().toISOString().slice(0, 10);
  const switches = readRunSwitches(process.env);
  const ofRun = switchFindings(switches);
  const forecast = (declarations: Declarations): ClaimForecast[] =>
    forecastClaims(claims, assessed, declarations, today, (need) => isArmFinding(need) || Object.hasOwn(ofRun, need));
  const own = forecast(target.declarations);
  return {
    url: target.url,
    platform: identityOf(manifest).platform,
    isTimeVirtual: Boolean(manifest?.capabilities['clock.virtual']),
    targetFile: targetFilePath(target.name),
    claims: own,
    contradictions,
    undecided: assessed.undecided,
    requireLive: switches.requireLive,
    fittingFile: fittingFile(target.name, own, forecast),
  };
}

const differencesOf = (claims: readonly ClaimForecast[]): number =>
  claims.filter(({ difference }) => difference !== null).length;

/** The file in `targets/` with fewest differences, if it has fewer than the current one. */
function fittingFile(
  current: string,
  own: readonly ClaimForecast[],
  forecast: (declarations: Declarations) => ClaimForecast[],
): TargetReport['fittingFile'] {
  const [best] = targetNames()
    .filter((name) => name !== STARTED_NAME && name !== current)
    .map((name) => ({ name, differences: differencesOf(forecast(readDeclarations(name))) }))
    .sort((one, other) => one.differences - other.differences);
  return best !== undefined && best.differences < differencesOf(own) ? best : null;
}
