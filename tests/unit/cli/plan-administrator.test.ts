import { planAdministrator } from '../../../cli/administrator/plan-administrator';

const KEPT = {
  host: '127.0.0.1',
  areIdentitiesKept: true,
  isCompatible: false,
  extensions: true,
  passwordFile: null,
};
const isPasswordKnown = (change: Partial<typeof KEPT>) => planAdministrator({ ...KEPT, ...change }).isPasswordKnown;

test('kept identities have a random password unless the known one is asked for', () => {
  expect(isPasswordKnown({})).toBe(false);
  expect(isPasswordKnown({ isCompatible: true })).toBe(true);
  expect(isPasswordKnown({ extensions: false })).toBe(true);
});

test('identities that end with the platform have the known password', () => {
  expect(isPasswordKnown({ areIdentitiesKept: false })).toBe(true);
});

test.each([{ areIdentitiesKept: false }, { isCompatible: true }, { extensions: false }])(
  'a password file is refused with %j',
  (change) => {
    const plan = () => planAdministrator({ ...KEPT, ...change, passwordFile: 'p' });

    expect(plan).toThrow(/^--admin-password-file has no use with the known password: give --data DIR/);
    expect(planAdministrator({ ...KEPT, passwordFile: 'p' }).passwordFile).toBe('p');
  },
);
