import { settingsFrom } from '../../../platform/settings/settings';

const choicesOf = (env: Record<string, string>) => {
  const { isolation, recovery, loginTries } = settingsFrom(env);
  return { isolation, recovery, loginTries };
};

test('by default programs are confined where the host allows it', () => {
  expect(choicesOf({})).toEqual({ isolation: 'auto', recovery: 'auto', loginTries: 10 });
});

test('without extensions the platform does what Attune does', () => {
  expect(choicesOf({ PLATFORM_EXTENSIONS: 'off' })).toEqual({ isolation: 'off', recovery: 'off', loginTries: 0 });
});

test('without extensions a setting that is given still applies', () => {
  expect(choicesOf({ PLATFORM_EXTENSIONS: 'off', PLATFORM_ISOLATION: 'auto' }).isolation).toBe('auto');
});
