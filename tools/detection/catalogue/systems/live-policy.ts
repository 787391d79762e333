import type { Faults } from '../../fault';

/** What a run of the suite reports of the tests that it did not prove. */
export const LIVE_POLICY_FAULTS: Faults = {
  F1280: {
    promise: 'every test that is not proven has a line',
    file: '../helpers/jest/not-proven-lines.ts',
    within: 'notProvenLines',
    find: 'missing.length > 0',
    replace: 'missing.length > 1',
    claims: ['S1-38'],
  },
  F1281: {
    promise: 'the count of the tests contains those that are not proven',
    file: '../helpers/jest/summary-lines.ts',
    within: 'summaryLines',
    find: `records.length - count('not selected')`,
    replace: `records.length - count('not selected') - count('not proven')`,
    claims: ['S1-39'],
  },
  F1282: {
    promise: 'smoke mode does not select the tests of the lifecycle',
    file: '../helpers/target/run-switches.ts',
    within: 'isSelected',
    find: '!needs.includes(LIFECYCLE)',
    replace: 'needs.length > 0',
    claims: ['S1-40'],
  },
  F1283: {
    promise: 'the JUnit file has the tests that are not proven as skipped',
    file: '../helpers/run-report/junit-report.ts',
    within: 'outcomeOf',
    find: `result === 'passed'`,
    replace: `result !== 'known red'`,
    claims: ['S1-38'],
  },
  F1284: {
    promise: 'a declared gap counts as unproven where a live target is required',
    file: '../helpers/jest/run-verdict.ts',
    within: 'unprovenTests',
    find: '!requireLive && expectedNotProven.includes(id)',
    replace: 'expectedNotProven.includes(id)',
    claims: ['S1-39'],
  },
  F1285: {
    promise: 'a switch with an unknown value ends the run before it starts',
    file: '../helpers/target/run-switches.ts',
    within: 'choose',
    find: `value === '' ? choices[0] : choices.find((choice) => choice === value)`,
    replace: `choices.find((choice) => choice === value) ?? choices[0]`,
    claims: ['S1-40'],
  },
};
