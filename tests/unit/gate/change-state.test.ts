import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promote, quarantine } from '../../../tools/gate/change-state';
import { replaceCheck } from '../../../tools/gate/edit-policy';
import type { HistoryEntry } from '../../../tools/gate/history';
import { findCheck, parsePolicy } from '../../../tools/gate/policy';
import { repositoryRoot } from '../../../helpers/repository-root';
import { EXAMPLE, policyWith, quarantined, TODAY } from './example-policy';

const greenRuns = (embedded: number, plain: number): HistoryEntry[] =>
  Object.entries({ embedded, plain }).flatMap(([job, runs]) =>
    Array.from({ length: runs }, (_, n) => ({
      run: `${n}`,
      branch: 'main',
      commit: `${n}`,
      job,
      check: 'leases',
      result: 'passed' as const,
      at: `2026-11-0${n + 1}T00:00:00Z`,
    })),
  );

const POLICY = policyWith('tier1');
const REQUEST = { check: 'leases', approver: 'Ada', today: TODAY };

test.each([
  [
    'one job is short',
    greenRuns(3, 2),
    REQUEST,
    'PROMOTION_WINDOW_OPEN: leases has 2 of 3 consecutive green runs on main (embedded 3, plain 2)',
  ],
  ['one job never ran', greenRuns(3, 0), REQUEST, 'PROMOTION_WINDOW_OPEN: leases has 0 of 3'],
  ['there is no approver', greenRuns(3, 3), { ...REQUEST, approver: undefined }, 'PROMOTION_NEEDS_APPROVER: leases'],
  ['the approver is blank', greenRuns(3, 3), { ...REQUEST, approver: ' ' }, 'PROMOTION_NEEDS_APPROVER: leases'],
  [
    'the check is unknown',
    greenRuns(3, 3),
    { ...REQUEST, check: 'tier9' },
    'CHECK_UNKNOWN: the policy has no check tier9: use one of tier1, leases',
  ],
])('no promotion where %s', (_, history, request, message) => {
  expect(() => promote(POLICY, history, request)).toThrow(message);
});

test('a promotion after the window is stored with its approver and day', () => {
  expect(promote(POLICY, greenRuns(3, 4), REQUEST)).toEqual({
    ...findCheck(POLICY, 'leases'),
    state: 'required',
    promoted: { approver: 'Ada', on: TODAY },
  });
});

test('a promotion ends a quarantine, and of a required check changes nothing', () => {
  const policy = policyWith('leases', quarantined('2026-12-01'));

  expect(promote(policy, greenRuns(3, 3), REQUEST)).not.toHaveProperty('quarantine');
  expect(promote(POLICY, [], { ...REQUEST, check: 'tier1' })).toBe(findCheck(POLICY, 'tier1'));
});

const QUARANTINE = { check: 'tier1', owner: 'Ada', reason: 'issue 41', until: TODAY, today: TODAY };

test.each([
  [{ owner: undefined }, 'QUARANTINE_NEEDS_OWNER: name who answers for tier1 with --owner'],
  [{ owner: ' ' }, 'QUARANTINE_NEEDS_OWNER'],
  [{ reason: undefined }, 'QUARANTINE_INVALID: give the cause with --reason'],
  [{ until: undefined }, 'QUARANTINE_INVALID: --until'],
  [{ until: '2026-02-30' }, 'QUARANTINE_INVALID: --until 2026-02-30 is no day: use YYYY-MM-DD'],
  [{ until: '2026-11-23' }, 'QUARANTINE_INVALID: --until 2026-11-23 is over: today is 2026-11-24'],
  [{ check: 'leases' }, 'QUARANTINE_INVALID: leases is advisory, and does not gate'],
])('no quarantine with %j', (more, message) => {
  expect(() => quarantine(POLICY, { ...QUARANTINE, ...more })).toThrow(message);
});

test('a rewritten policy keeps its comments and order, and can be restored', () => {
  const check = findCheck(POLICY, 'tier1');
  const edited = replaceCheck(EXAMPLE, quarantine(POLICY, QUARANTINE));

  expect(edited).toBe(
    EXAMPLE.replace('required', 'quarantined').replace(
      'owners: [Ada]\n',
      `owners: [Ada]\n    quarantine:\n      owner: Ada\n      reason: issue 41\n      until: 2026-11-24\n`,
    ),
  );
  expect(findCheck(parsePolicy(edited), 'tier1')).toEqual({ ...check, ...quarantined(TODAY) });
  expect(replaceCheck(edited, check)).toBe(EXAMPLE);
});

test('the policy of this project is valid, and keeps its text in a change', () => {
  const text = readFileSync(join(repositoryRoot(), 'gate/policy.yml'), 'utf8');

  for (const check of parsePolicy(text).checks) expect(replaceCheck(text, check)).toBe(text);
});

test.each([
  ['window: 3', 'window: 0', 'POLICY_INVALID: /window: expected a whole number from 1 on'],
  ['window: 3', 'window: 3\ndays: 4', 'POLICY_INVALID: /days: Unexpected property'],
  ['state: advisory', 'state: optional', 'POLICY_INVALID: /checks/1/state: expected advisory, required or quarantined'],
  ['jobs: [embedded, plain]', 'jobs: []', 'POLICY_INVALID: /checks/0/jobs: expected a list of one or more'],
  ['id: leases', 'id: tier1', 'POLICY_INVALID: there are two checks tier1'],
  [
    'state: advisory',
    'state: quarantined',
    'QUARANTINE_NEEDS_OWNER: leases has no `quarantine`: give owner, reason and until',
  ],
  ['window: 3', 'window: 3\nwindow: 4', 'POLICY_INVALID: Map keys must be unique'],
  [
    'owners: [Ada]',
    'owners: [Ada]\n    quarantine: { owner: A, reason: b, until: 2026-02-30 }',
    'POLICY_INVALID: tier1 has a `quarantine` and is required; tier1: until 2026-02-30 is no day of the calendar',
  ],
])('a policy with %s replaced by %s is rejected', (found, replacement, message) => {
  expect(() => parsePolicy(EXAMPLE.replace(found, replacement))).toThrow(message);
});
