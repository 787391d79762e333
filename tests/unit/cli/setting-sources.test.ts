import { settingSources } from '../../../cli/settings/setting-sources';

test('settings are named with their sources and without their values', () => {
  const env = {
    PATH: '/bin',
    PLATFORM_TOKEN_SECRET: 'secret',
    ATTUNE__SECURITY__JWT_SECRET: 'secret',
    PLATFORM_URL: 'u',
  };

  expect(settingSources(['--port'], env)).toBe(
    '--port (option), ATTUNE__SECURITY__JWT_SECRET (environment), PLATFORM_TOKEN_SECRET (environment)',
  );
});

test('a variable that an option replaces, and an empty one, are no sources', () => {
  expect(settingSources(['--workers'], { PLATFORM_WORKERS: '3', PLATFORM_LOG_LEVEL: '' })).toBe('--workers (option)');
  expect(settingSources(['--virtual-time'], { PLATFORM_VIRTUAL_TIME: 'off' })).toBe('--virtual-time (option)');
});

test('without settings all are defaults', () => {
  expect(settingSources([], { DATABASE_URL: 'postgres://db' })).toBeNull();
});
