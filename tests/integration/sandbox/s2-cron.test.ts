import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webRepository, type SandboxRepository } from './sandbox-cli';

jest.setTimeout(120_000);

/** Stores what it is given in a file, as the program of cron does. */
const CRONTAB = `#!/bin/sh
case $1 in
-l) cat "$CRONTAB_FILE" 2>/dev/null || { echo "no crontab for tests" >&2; exit 1; } ;;
-) cat >"$CRONTAB_FILE" ;;
esac
`;

/** A host whose user has this crontab; null: none. */
function hostWith(repository: SandboxRepository, crontab: string | null) {
  const programs = join(repository.root, '../programs');
  const file = join(repository.root, '../crontab');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'crontab'), CRONTAB);
  chmodSync(join(programs, 'crontab'), 0o755);
  if (crontab !== null) writeFileSync(file, crontab);
  const environment = { PATH: `${programs}:${process.env.PATH}`, CRONTAB_FILE: file };
  return {
    cron: (...args: string[]) => repository.cli(['cron', ...args], environment),
    read: () => (existsSync(file) ? readFileSync(file, 'utf8') : null),
  };
}

const FOREIGN = 'MAILTO=ops@example.test\n# comment\n\n*/5 * * * *  date +\\%s >/tmp/x # 100 %';

test.each([
  ['ends with a new line', `${FOREIGN}\n`],
  ['does not', FOREIGN],
  ['is empty', ''],
])('S2-22 a crontab that %s changes by one line only', async (_, before) => {
  using repository = webRepository('true');
  const host = hostWith(repository, before);

  const installed = [await host.cron('install', repository.root), await host.cron('install', repository.root)];
  const during = host.read()!;
  const listed = await host.cron('list', '--json');
  const removed = [await host.cron('remove', repository.root), await host.cron('remove', repository.root)];

  expect([...installed, ...removed].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const own = during.split('\n').filter((line) => line.includes('tuningfork-sandbox'));
  expect(own).toEqual([
    expect.stringMatching(/^13 3 \* \* 0 '.*' 'sandbox' 'on-host' '.*' # tuningfork-sandbox:trial$/),
  ]);
  const others = during.split('\n').filter((line) => line !== own[0]);
  expect(others.join('\n')).toBe(before);
  expect(JSON.parse(listed.stdout)).toEqual([
    { name: 'trial', schedule: '13 3 * * 0', command: expect.stringContaining(repository.root) as string },
  ]);
  expect(removed.map(({ stdout }) => stdout)).toEqual(['trial is no longer scheduled\n', 'trial was not scheduled\n']);
  expect(host.read()).toBe(before);
});

test('S2-22 another schedule replaces the entry in its place', async () => {
  using repository = webRepository('true');
  const host = hostWith(repository, null);

  await host.cron('install', repository.root, '--hub', 'http://127.0.0.1:8090/a%20b');
  const { stdout } = await host.cron('install', repository.root, '--schedule', '0 4 * * mon-fri', '--json');

  expect(JSON.parse(stdout)).toMatchObject({ name: 'trial', schedule: '0 4 * * mon-fri', changed: true });
  expect(host.read()).toMatch(/^0 4 \* \* mon-fri [^\n]* # tuningfork-sandbox:trial\n$/);
});

test('S2-22 the entry of another repository of the same name is not replaced', async () => {
  using repository = webRepository('true');
  using other = webRepository('true');
  const host = hostWith(repository, null);
  await host.cron('install', repository.root);

  const { code, stderr } = await host.cron('install', other.root);

  expect({ code, runs: host.read()!.split('\n').length }).toEqual({ code: 2, runs: 2 });
  expect(stderr).toContain('CRON_NAME_TAKEN: the crontab has another repository named trial');
});

test.each([
  ['61 3 * * 0', 'minute 61'],
  ['0 3 * * mondays', 'day of the week mondays'],
  ['0 3 L * *', 'day of the month L'],
  ['* * 31 2 *', '* * 31 2 * never comes'],
  ['@reboot', '@reboot has 1 fields instead of five'],
])('S2-23 the schedule %s is rejected with its field', async (schedule, what) => {
  using repository = webRepository('true');
  const host = hostWith(repository, FOREIGN);

  const { code, stderr } = await host.cron('install', repository.root, '--schedule', schedule);

  expect(code).toBe(2);
  expect(stderr).toContain(`CRON_INVALID: ${what}`);
  expect(host.read()).toBe(FOREIGN);
});

test('S2-23 a host without cron is exit 3', async () => {
  using repository = webRepository('true');

  expect(await repository.cli(['cron', 'list'], { PATH: join(repository.root, 'none') })).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^tuningfork: CRON_UNAVAILABLE: crontab: .*ENOENT; install cron/) as string,
  });
});
