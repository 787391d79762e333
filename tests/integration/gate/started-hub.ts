import { join } from 'node:path';
import axios from 'axios';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { createEmptyDatabase } from '../database/test-servers';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

/** Starts a hub whose data are in a directory. */
export async function startHub(directory: string, environment: NodeJS.ProcessEnv = {}, ...more: string[]) {
  const options = ['hub', 'serve', '--port', '0', '--data', join(directory, 'data'), '--json', ...more];
  const cli = spawnCli([...options, '--exit-with-stdin'], environment);
  const { url } = await waitForReady(cli);
  return { cli, url, api: axios.create({ baseURL: url, validateStatus: () => true }) };
}

/** The same, on a database of its own: it needs no PostgreSQL. `stop` also drops the database. */
export async function startHubOnDatabase(directory: string, environment: NodeJS.ProcessEnv = {}) {
  const database = await createEmptyDatabase();
  const hub = await startHub(directory, environment, '--database-url', database.url);
  return {
    ...hub,
    stop: async () => {
      await stop(hub.cli);
      await database.stop();
    },
  };
}

/** Stops a command that was started with `--exit-with-stdin`. */
export async function stop(cli: CliProcess): Promise<void> {
  const ended = waitForExit(cli);
  cli.stdin.end();
  expect(await ended).toEqual([0, null]);
}

export const REPORT: SandboxReport = {
  schema: 'sandbox-report/1',
  run: { id: '1f2e3d4c', name: 'greeter-1f2e3d4c' },
  repository: { name: 'greeter <b>', branch: 'main', commit: 'a'.repeat(40), dirty: false },
  host: 'local',
  sync: 'tar',
  stack: 'process',
  ports: { WEB_PORT: 20_001 },
  started_at: '2026-11-01T03:13:00.000Z',
  finished_at: '2026-11-01T03:13:12.500Z',
  phases: [{ phase: 'provision', outcome: 'passed', started_at: '2026-11-01T03:13:00.100Z', ms: 12 }],
  checks: [{ name: 'web', url: 'http://127.0.0.1:20001/', ready: true, tries: 2, last_status: 200, ms: 300 }],
  test: null,
  failure: { code: 'TEST_FAILED', message: 'TEST_FAILED: <script>' },
  interrupted: false,
  leaks: [],
  kept: [],
  labels: { closes: ['TASK-7'] },
  exit_code: 1,
};
