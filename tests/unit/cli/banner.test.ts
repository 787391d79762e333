import { ROLES } from '../../../contract/capabilities';
import { banner } from '../../../cli/banner';

const running = {
  url: 'http://127.0.0.1:8080',
  notifier_url: 'http://127.0.0.1:8081',
  roles: [...ROLES],
  login: 'me@example',
  password: 'pw',
  instance_id: 'a1',
  stack_id: 's1',
  database_url: 'postgres://owner:secret@127.0.0.1:5432/postgres',
  directory: '/dev/shm/tuningfork-a1',
  virtual_time: false,
  shared_directory: '/d/artifacts/1',
  platform_file: '/dev/shm/tuningfork-a1/platform.json',
  pid: 7,
  version: '0.1.0',
};
const facts = {
  running,
  isPasswordKnown: true,
  passwordFile: null,
  database: 'PostgreSQL of our own',
  settings: '--port (option)',
  isDataKept: false,
  bootMs: 1_234,
  isConfined: true,
  isTimeVirtual: false,
};

test('the banner shows URL, login and data, and no database password', () => {
  const text = banner(facts);

  for (const part of [
    running.url,
    'ws://127.0.0.1:8081/ws',
    'me@example  pw',
    running.directory,
    'removed when it stops',
    `PLATFORM_FILE=${running.platform_file} npx jest tests/e2e/tier1 tests/e2e/tier2`,
    '1.2 s',
    '--port (option)',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('secret');
});

test.each([
  ['a random password is shown once', 'pw', null, 'me@example  pw  (shown only now: keep it)'],
  ['a password in a file is not shown', null, '/etc/pw', 'me@example  its password is in /etc/pw'],
  ['a later start names the earlier one', null, null, 'that of the administrator of an earlier start'],
])('%s', (_, password, passwordFile, login) => {
  const text = banner({ ...facts, running: { ...running, password }, isPasswordKnown: false, passwordFile });

  expect(text).toContain(`${login}\n`);
  expect(text).toContain(`TEST_USER_PASSWORD=… PLATFORM_FILE=${running.platform_file}`);
});

test('the banner has a line about time only where it is virtual', () => {
  expect(banner(facts)).not.toContain('virtual');
  expect(banner({ ...facts, isTimeVirtual: true })).toMatch(
    /^ {2}\S*time {4}\S* {2}\S*virtual: a caller with the grant/m,
  );
});

test('NO_COLOR removes all colours', () => {
  process.env.NO_COLOR = '1';
  try {
    expect(banner(facts)).not.toContain('\u001b');
  } finally {
    delete process.env.NO_COLOR;
  }
});
