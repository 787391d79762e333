import { banner } from '../../../cli/banner';

const facts = {
  url: 'http://127.0.0.1:8080',
  notifier_url: 'http://127.0.0.1:8081',
  login: 'me@example',
  password: 'pw',
  instance_id: 'a1',
  database_url: 'postgres://owner:secret@127.0.0.1:5432/postgres',
  directory: '/dev/shm/tuningfork-a1',
  shared_directory: '/d/artifacts/1',
  platform_file: '/dev/shm/tuningfork-a1/platform.json',
  pid: 7,
  version: '0.1.0',
  database: 'PostgreSQL of our own',
  isDataKept: false,
  bootMs: 1_234,
  isConfined: true,
};

test('the banner shows URL, login and data, and no database password', () => {
  const text = banner(facts);

  for (const part of [
    facts.url,
    'ws://127.0.0.1:8081/ws',
    'me@example  pw',
    facts.directory,
    'removed when it stops',
    `PLATFORM_FILE=${facts.platform_file} npx jest tests/e2e/tier1 tests/e2e/tier2`,
    '1.2 s',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('secret');
});

test('NO_COLOR removes all colours', () => {
  process.env.NO_COLOR = '1';
  try {
    expect(banner(facts)).not.toContain('\u001b');
  } finally {
    delete process.env.NO_COLOR;
  }
});
