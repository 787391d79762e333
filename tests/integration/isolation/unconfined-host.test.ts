import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { dirSync } from 'tmp';
import { logIn } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { spawnCli, waitForExit, waitForOutcome, waitForReady } from '../embedded/cli-process';
import { remainingTraces, privateBase } from '../embedded/holder-process';

jest.setTimeout(120_000);

const base = privateBase();
afterAll(() => base.remove());

/** A search path on which `unshare` does what it does on a host that forbids namespaces. */
const tools = dirSync({ unsafeCleanup: true });
afterAll(() => tools.removeCallback());
const ANSWER = 'unshare: unshare failed: Operation not permitted';
/** The worker may see that the setup has ended before it has read the answer. */
const REASON = new RegExp(`${ANSWER}|the sandbox ended`);
mkdirSync(join(tools.name, 'bin'));
writeFileSync(join(tools.name, 'bin', 'unshare'), `#!/bin/sh\necho '${ANSWER}' >&2\nexit 1\n`, { mode: 0o755 });
const PATH = [join(tools.name, 'bin'), process.env.PATH].join(delimiter);

const up = (isolation: string) =>
  spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], {
    PATH,
    TMPDIR: base.path,
    PLATFORM_ISOLATION: isolation,
  });

test('where isolation is required, a host that allows none ends the start', async () => {
  const { code, stderr } = await waitForOutcome(up('required'));

  const problem = 'PLATFORM_ISOLATION=required, but programs cannot be confined here: ';
  expect(code).toBe(3);
  expect(stderr).toMatch(new RegExp(`^tuningfork: ISOLATION_UNAVAILABLE: ${problem}.*\n$`));
  expect(stderr).toMatch(REASON);
  expect(remainingTraces(base.path)).toEqual([]);
});

test('a host that allows no isolation runs programs, warns, and declares none', async () => {
  const cli = up('auto');
  const errors: string[] = [];
  cli.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const { url } = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: url }, DEFAULT_USER.login, DEFAULT_USER.password);
  const manifest = await client.capabilities.getOrNull();
  const action = { pack_ref: 'open', label: 'Open', runtime_ref: 'core.shell', entrypoint: 'echo ran' };
  await client.packs.create({ ref: 'open', label: 'Open', version: '1.0.0' });
  await client.actions.create({ ref: 'open.action', ...action });
  const { id } = await client.executions.execute({ action_ref: 'open.action' });
  const { result } = await until(executionToBe('completed', client, id), performance.now() + 30_000);
  cli.stdin.end();
  await waitForExit(cli);

  expect(result).toMatchObject({ stdout: 'ran\n' });
  expect(manifest!.capabilities).not.toHaveProperty(['isolation.process']);
  const warnings = errors
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { why?: string });
  expect(warnings).toMatchObject([{ why: expect.stringMatching(REASON) }]);
});
