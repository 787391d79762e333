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

const KNOWN = [{ areIdentitiesKept: false }, { isCompatible: true }, { extensions: false }];

test.each(['0.0.0.0', '::', '192.0.2.7', 'host.example', '127.0.0.1.example', '::ffff:127.0.0.1'])(
  'with the known password --host %s is refused',
  (host) => {
    const plan = (change = {}) => planAdministrator({ ...KEPT, host, ...change });

    for (const known of KNOWN) expect(() => plan(known)).toThrow(`--host ${host} would expose the known password`);
    expect(plan()).toMatchObject({ isPasswordKnown: false, isExposed: true });
  },
);

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('--host %s may have the known password', (host) => {
  for (const known of KNOWN)
    expect(planAdministrator({ ...KEPT, host, ...known })).toMatchObject({ isPasswordKnown: true, isExposed: false });
});

test.each(KNOWN)('a password file is refused with %j', (change) => {
  const plan = () => planAdministrator({ ...KEPT, ...change, passwordFile: 'p' });

  expect(plan).toThrow(/^--admin-password-file has no use with the known password: give --data DIR/);
  expect(planAdministrator({ ...KEPT, passwordFile: 'p' }).passwordFile).toBe('p');
});
