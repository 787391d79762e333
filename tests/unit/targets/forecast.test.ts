import { forecastClaims } from '../../../helpers/target/forecast';

const CLAIM = { id: 'T1.7a', title: 'a fact', needs: ['core', 'tenants'] };
const VALID = { about: 'a platform', capabilities: {}, notProven: {} };
const KNOWN = { claim: 'T1.7a', reason: 'it leaks', link: 'https://example.org/1', expires: '2027-03-31' };
const WITHOUT_TENANTS = {
  capabilities: { core: true } as const,
  absences: { tenants: 'POST /tenants answered 404' },
  undecided: [],
};
const WITH_TENANTS = { capabilities: { core: true, tenants: { max: 8 } } as const, absences: {}, undecided: [] };

type Assessed = Parameters<typeof forecastClaims>[1];

const forecastOf = (assessed: Assessed, declarations: object = {}) => {
  const [{ outcome, reasons, difference }] = forecastClaims(
    [CLAIM],
    assessed,
    { ...VALID, ...declarations },
    '2026-11-20',
  ) as [ReturnType<typeof forecastClaims>[number]];
  return { outcome, reasons, difference };
};

test('a claim whose needs are present can be proven', () => {
  expect(forecastOf(WITH_TENANTS)).toEqual({ outcome: 'can be proven', reasons: [], difference: null });
});

test('a missing capability is named with the observation', () => {
  expect(forecastOf(WITHOUT_TENANTS)).toEqual({
    outcome: 'not proven',
    reasons: ['tenants: POST /tenants answered 404'],
    difference: 'add it to `notProven`',
  });
});

test('what is not decided differs from the file unless it is declared', () => {
  const undecided = { ...WITHOUT_TENANTS, undecided: ['tenants'] };
  expect(forecastOf(undecided)).toMatchObject({ outcome: 'not decided', difference: 'it is not decided' });
  expect(forecastOf(undecided, { notProven: { 'T1.7a': 'one shared space' } }).difference).toBeNull();
});

test('a declared reason follows the observation', () => {
  expect(forecastOf(WITHOUT_TENANTS, { notProven: { 'T1.7a': 'one shared space' } })).toEqual({
    outcome: 'not proven',
    reasons: ['tenants: POST /tenants answered 404', 'declared: one shared space'],
    difference: null,
  });
});

test('a claim declared as not proven that lacks nothing is a difference', () => {
  expect(forecastOf(WITH_TENANTS, { notProven: { 'T1.7a': 'one shared space' } })).toEqual({
    outcome: 'can be proven',
    reasons: [],
    difference: 'remove it from `notProven`',
  });
});

test('a claim with a known defect is known red until the entry expires', () => {
  expect(forecastOf(WITH_TENANTS, { known: [KNOWN] })).toEqual({
    outcome: 'known red',
    reasons: ['until 2027-03-31: it leaks (https://example.org/1)'],
    difference: null,
  });
  expect(forecastOf(WITH_TENANTS, { known: [{ ...KNOWN, expires: '2026-11-19' }] })).toEqual({
    outcome: 'can be proven',
    reasons: [],
    difference: 'its entry in `known` expired on 2026-11-19',
  });
});

test('a known defect of a claim that lacks a capability has no effect', () => {
  const declarations = { notProven: { 'T1.7a': 'one shared space' }, known: [KNOWN] };
  expect(forecastOf(WITHOUT_TENANTS, declarations).outcome).toBe('not proven');
});

test('what the run or its host lacks is no difference from the file', () => {
  const forecast = forecastClaims([CLAIM], WITHOUT_TENANTS, VALID, '2026-11-20', (need) => need === 'tenants');
  expect(forecast).toMatchObject([{ outcome: 'not proven', lacks: ['tenants'], difference: null }]);
});
