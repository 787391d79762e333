import {
  firstIssueOf,
  renewalDelayMs,
  renewedSeconds,
  retryDelayMs,
} from '../../../platform/workers/standalone/server/token-lifetime';

const ISSUED = 1_000_000_000_000;
const YEAR_MS = 31_536_000_000;
const named = (firstIssuedAt?: number) => ({
  name: 'box',
  epoch: 0,
  ...(firstIssuedAt !== undefined && { firstIssuedAt }),
});
const token = (seconds: number, firstIssuedAt?: number) => ({
  issuedAt: ISSUED,
  expiresAt: ISSUED + seconds * 1_000,
  worker: named(firstIssuedAt),
});

test('a token is renewed after two thirds of its lifetime, or at once', () => {
  expect(renewalDelayMs(token(90), ISSUED + 20_000)).toBe(40_000);
  expect(renewalDelayMs(token(90), ISSUED + 80_000)).toBe(0);
});

test('a renewed token has the lifetime of the one before it', () => {
  expect(renewedSeconds(token(90), ISSUED + 60_000)).toBe(90);
});

test('renewals end a year after the first issue', () => {
  const now = ISSUED + 60_000;

  expect(firstIssueOf(token(90))).toBe(ISSUED);
  expect(firstIssueOf(token(90, 7))).toBe(7);
  expect(renewedSeconds(token(90, now - YEAR_MS + 50_000), now)).toBe(50);
  expect(renewedSeconds(token(90, now - YEAR_MS + 30_000), now)).toBeNull();
  expect(renewedSeconds(token(90, ISSUED - YEAR_MS), now)).toBeNull();
});

test('a token that names no time of issue is not renewed', () => {
  const unknown = { ...token(90), issuedAt: null };

  expect(renewedSeconds(unknown, ISSUED)).toBeNull();
  expect(renewalDelayMs(unknown, ISSUED)).toBeNull();
});

test('a refused renewal is requested again, and not just before the expiry', () => {
  expect(retryDelayMs(token(90), ISSUED + 60_000)).toBe(15_000);
  expect(retryDelayMs(token(90), ISSUED + 85_000)).toBeNull();
});
