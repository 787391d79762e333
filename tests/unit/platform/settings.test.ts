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

test.each([
  ['by default', {}, false, []],
  ['without extensions, as on Attune', { PLATFORM_EXTENSIONS: 'off' }, false, ['127.0.0.0/8', '::1']],
  ['for clients of Attune', {}, true, ['127.0.0.0/8', '::1']],
  ['for clients of Attune, with a setting', { PLATFORM_TRUSTED_PROXIES: 'none' }, true, []],
])('the trusted proxies %s', (_, env, isCompatible, proxies) => {
  expect(settingsFrom(env, { isCompatible }).trustedProxies).toEqual(proxies);
});
