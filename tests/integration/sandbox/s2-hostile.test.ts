import { statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pidsMentioning } from '../embedded/holder-process';
import { SandboxRepository, manifest, WEB_CHECK, webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

/** Starts 50 processes that ignore what asks them to end, in sessions of their own. */
const FORKS = `for n in $(seq 50); do (trap '' TERM HUP; cd /; env -i PATH="$PATH" setsid sh -c 'sleep 600; : hostile') & done`;
const FILL = `head -c 100000000 /dev/zero >fill; mkdir -p locked/in; touch locked/in/file; chmod 000 locked`;
const FLOOD = `yes hostile & yes hostile >&2 &`;

test('a hostile test command ends at its limit, and leaves nothing', async () => {
  using repository = webRepository(`trap '' TERM HUP; ${FORKS}; ${FILL}; ${FLOOD} wait`, `timeout: 3\n${WEB_CHECK}`);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure, leaks: report.leaks }).toMatchObject({
    code: 1,
    failure: { code: 'TEST_TIMEOUT' },
    leaks: [],
  });
  expect(pidsMentioning(': hostile')).toEqual([]);
  expect(pidsMentioning(`TUNINGFORK_SANDBOX_${report.run.id}`)).toEqual([]);
  expect(repository.leftBehind()).toEqual([]);
  const stored = statSync(report.test!.files.stdout).size;
  expect(stored).toBeLessThan(64 * 1_024 * 1_024 + 100);
  expect(report.test!.stdout_tail.length).toBeLessThanOrEqual(200);
});

test('a service that leaves its session and its mark ends with the run', async () => {
  using repository = new SandboxRepository({
    'e2e/e2e.yml': manifest('true'),
    'e2e/compose.yml': `services:
  web:
    x-process: |
      (trap '' TERM; cd /; env -i PATH="$PATH" setsid sh -c 'sleep 600; : hostile service') & exec sleep 600
`,
  });

  const { code, report } = await repository.run();

  expect({ code, leaks: report.leaks }).toEqual({ code: 0, leaks: [] });
  expect(pidsMentioning(': hostile service')).toEqual([]);
  expect(repository.leftBehind()).toEqual([]);
});

test.each(['a link to /', 'a link to the parent'])('a repository with %s copies nothing', async (name) => {
  using repository = webRepository('true', '');
  symlinkSync(name === 'a link to /' ? '/' : '..', join(repository.root, "quote' and\nline"));

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 2, failure: { code: 'SYNC_ESCAPES_ROOT' } });
  expect(repository.leftBehind()).toEqual([]);
});
