import { decideNothingWithoutLedger, type ProbeReport } from '../../../helpers/target/probes/run-probes';

const failed = (reason: string) => ({ isProven: false, reason }) as const;
const USERS = ['ledger.shared', 'executions.cancel', 'workflows.join', 'secrets.redaction'];

const reportOf = (findings: ProbeReport['findings']): ProbeReport => ({ findings, failures: [], leftovers: [] });

test('without a ledger, probes that use it decide nothing', () => {
  const report = reportOf({
    'ledger.shared': failed('the file has no entry'),
    'executions.cancel': failed('waited for a start under cancelled'),
    'workflows.join': failed('0 starts'),
    'secrets.redaction': { isProven: true },
    rbac: failed('200 instead of 403'),
  });
  decideNothingWithoutLedger(report, USERS);

  const undecided = { isProven: false, isUndecided: true, reason: 'not observed, because of ledger.shared' };
  expect(report.findings).toEqual({
    'ledger.shared': failed('the file has no entry'),
    'executions.cancel': undecided,
    'workflows.join': undecided,
    'secrets.redaction': { isProven: true },
    rbac: failed('200 instead of 403'),
  });
});

test.each([{ 'ledger.shared': { isProven: true } as const }, {}])('with the ledger %j they decide', (ledger) => {
  const report = reportOf({ ...ledger, 'executions.cancel': failed('it goes on') });
  decideNothingWithoutLedger(report, USERS);

  expect(report.findings['executions.cancel']).toEqual(failed('it goes on'));
});
