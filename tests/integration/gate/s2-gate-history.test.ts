import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEntry } from '../../../tools/gate/history';
import { outputOf, spawnCli } from '../embedded/cli-process';
import { REPORT, startHubOnDatabase } from './started-hub';
import { testDirectory } from '../../test-directory';

jest.setTimeout(120_000);

const POLICY = `branch: main
window: 2
checks:
  - id: greeter
    state: advisory
    jobs: [sandbox]
    tests: [greeter]
    owners: [maintainer of the greeter]
`;

let directory: string;
beforeEach(() => {
  directory = testDirectory();
  chmodSync(directory, 0o755); // PostgreSQL runs as another user
  writeFileSync(join(directory, 'policy.yml'), POLICY);
});

function gate(...args: string[]) {
  const files = ['--policy', join(directory, 'policy.yml'), '--history', join(directory, 'history.jsonl')];
  return outputOf(spawnCli(['gate', ...args, ...files]));
}

test('S2-30 the runs of a hub are in the history of the gate once', async () => {
  const { api, url, stop } = await startHubOnDatabase(directory);
  const green = { failure: null, exit_code: 0 };
  const changes = [
    green,
    { ...green, repository: { ...REPORT.repository, branch: 'other' } },
    { ...green, interrupted: true },
    { ...green, repository: { ...REPORT.repository, branch: null } },
    {},
  ];
  for (const [n, change] of changes.entries()) {
    const id = `0000000${n}`;
    await api.post('/api/v1/runs', { ...REPORT, ...change, run: { id, name: `greeter-${id}` } });
  }

  const first = await gate('record', '--hub', url);
  const again = await gate('record', '--hub', url);
  const status = await gate('status', '--json');
  await stop();

  expect(first).toEqual({
    code: 0,
    stdout:
      'greeter-00000000: greeter passed\ngreeter-00000001: greeter passed\n' +
      'greeter-00000002: greeter cancelled\ngreeter-00000004: greeter failed\n',
    stderr: '',
  });
  expect(again).toEqual({ code: 0, stdout: 'the history has every run\n', stderr: '' });
  const [entry] = readFileSync(join(directory, 'history.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(entry!) as HistoryEntry).toEqual({
    run: 'greeter-00000000',
    branch: 'main',
    commit: 'a'.repeat(40),
    job: 'sandbox',
    check: 'greeter',
    result: 'passed',
    at: '2026-11-01T03:13:12.500Z',
  });
  expect(JSON.parse(status.stdout)).toMatchObject({ checks: [{ id: 'greeter', window: { green: 0, needed: 2 } }] });
});
