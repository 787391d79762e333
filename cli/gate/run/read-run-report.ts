import { readFileSync } from 'node:fs';
import { GateError } from '../../../tools/gate/gate-error';
import type { RunReport } from '../../../tools/gate/run/run-report';
import { messageOf } from '../../../helpers/errors';

/** Reads `report.json` of a run. Throws GateError. */
export function readRunReport(path: string): RunReport {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunReport>;
    if (Array.isArray(report.tests) && Array.isArray(report.steps)) return report as RunReport;
  } catch (error) {
    throw new GateError('REPORT_INVALID', `${path}: ${messageOf(error)}`);
  }
  throw new GateError('REPORT_INVALID', `${path} is no report of a run of the gate`);
}
