import type { SandboxReport } from '../../../contract/sandbox-report';
import type { SuiteReport } from '../../../contract/suite-report';
import type { RunModel } from '../../../helpers/run-report/run-model';

/** A report of the scenarios whose run has been validated. */
export type SuiteRun = Omit<SuiteReport, 'run'> & { readonly run: RunModel };

export type StoredReport = SandboxReport | SuiteRun;
