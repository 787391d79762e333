import { settingsFrom } from '../../../platform/base/settings/settings';

const choicesOf = (env: Record<string, string>) => {
  const { isolation, recovery, loginTries } = settingsFrom(env);
  return { isolation, recovery, loginTries };
};

test.each([
  [{}, false, false, 0],
  [{ PLATFORM_EXTENSIONS: 'off' }, false, false, 1_000],
  [{}, true, true, 1_000],
  [{ PLATFORM_SELF_REGISTRATION: 'off', PLATFORM_QUEUE_CHANGE_SECONDS: '0' }, true, false, 0],
  [{ PLATFORM_SELF_REGISTRATION: 'on', PLATFORM_QUEUE_CHANGE_SECONDS: '0.5' }, false, true, 500],
])('with %j and compatibility %s: registration %s, items change for %d ms', (env, isCompatible, registers, ms) => {
  const { selfRegistration, queueChangeMs } = settingsFrom(env, { isCompatible });

  expect([selfRegistration, queueChangeMs]).toEqual([registers, ms]);
});

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
