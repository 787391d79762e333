import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { SandboxReport } from '../../../contract/sandbox-report';
import { pidsMentioning } from '../embedded/holder-process';
import { ON_THIS_HOST, webRepository } from './sandbox-cli';
import { HOST, SshHost } from './ssh-host';

jest.setTimeout(120_000);

/** A report without what differs from run to run. */
function comparable({ run, host, started_at, finished_at, ports, phases, checks, test, ...report }: SandboxReport) {
  expect([run.id, host, started_at, finished_at].every((value) => value !== '')).toBe(true);
  return {
    ...report,
    ports: Object.keys(ports),
    phases: phases.map(({ phase, outcome }) => [phase, outcome]),
    checks: checks.map(({ name, ready, last_status }) => ({ name, ready, last_status })),
    test: test && { ...test, ms: 0, files: null },
  };
}

test.each([
  ['passes', 'echo out; echo err >&2', 0],
  ['fails', 'cat; exit 255', 1],
])('S2-06 a test that %s has the same report here and by ssh', async (_, command, exit) => {
  await using host = await SshHost.start();
  using repository = webRepository(command);
  const environment = { SANDBOX_SSH_CONFIG: host.config };

  const options = ['run', repository.root, '--json'];
  const here = await repository.cli(options, ON_THIS_HOST);
  const remote = await repository.cli([...options, '--host', HOST], environment);
  const [local, report] = [here, remote].map(({ stdout }) => JSON.parse(stdout) as SandboxReport) as [
    SandboxReport,
    SandboxReport,
  ];

  expect([here.code, remote.code]).toEqual([exit, exit]);
  expect(report.host).toBe(HOST);
  expect(comparable(report)).toEqual(comparable(local));
  expect(host.commands).toBeGreaterThan(0);
  expect([readdirSync(host.temporary), pidsMentioning(`TUNINGFORK_SANDBOX_${report.run.id}=`)]).toEqual([[], []]);
});

test('S2-07 a closed port is exit 3, with the words of the client', async () => {
  const host = await SshHost.start();
  using repository = webRepository('true');
  await host.stop();

  const end = await repository.cli(['run', repository.root, '--host', HOST], { SANDBOX_SSH_CONFIG: host.config });
  await host[Symbol.asyncDispose]();

  expect(end.code).toBe(3);
  expect(end.stderr).toMatch(
    /^tuningfork: HOST_UNREACHABLE: sandbox-host: ssh: connect to host .*Connection refused$/m,
  );
  expect(repository.ledgers()).toEqual([]);
});

test('S2-07 a host that accepts and says nothing is exit 3 within its limit', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  using repository = webRepository('true');
  const destination = `ssh://127.0.0.1:${(silent.address() as AddressInfo).port}`;

  const from = performance.now();
  const { code, stderr } = await repository.cli(['run', repository.root, '--host', destination]);
  const ms = performance.now() - from;
  silent.close();

  expect({ code, ledgers: repository.ledgers() }).toEqual({ code: 3, ledgers: [] });
  expect(stderr).toContain('HOST_UNREACHABLE');
  expect(ms).toBeGreaterThanOrEqual(5_000);
});

test('S2-07 down removes what a lost host kept, once it is back', async () => {
  using repository = webRepository('true');
  await using host = await SshHost.start();
  const config = { SANDBOX_SSH_CONFIG: host.config };
  repository.write('e2e/e2e.yml', 'name: trial\ncompose_file: e2e/compose.yml\ntest_command: pwd; sleep 300\n');

  const run = repository.spawn(['run', repository.root, '--host', HOST], config);
  const chunks: string[] = [];
  run.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  await once(run.stdout, 'data');
  await host.stop();
  const [code] = (await once(run, 'close')) as [number];

  expect(code).toBe(3);
  expect(chunks.join('')).toContain('TRANSPORT_LOST');
  const [id] = repository.ledgers();
  const listed = await repository.cli(['list', '--json'], config);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id, host: HOST, state: 'left' }]);
  await host.start();
  expect(await repository.cli(['down', id!], config)).toMatchObject({ code: 0 });
  expect([readdirSync(host.temporary), pidsMentioning(`TUNINGFORK_SANDBOX_${id}=`)]).toEqual([[], []]);
});

test('S2-07 a host lost in the middle of the copy is tried three times', async () => {
  await using host = await SshHost.start();
  using repository = webRepository('true');
  repository.write('large', 'x'.repeat(20_000_000));
  host.loseAt = 'tar --extract';
  const config = { SANDBOX_SSH_CONFIG: host.config };

  const { code, stdout } = await repository.cli(['run', repository.root, '--json', '--host', HOST], config);
  const { run, failure, phases, leaks } = JSON.parse(stdout) as SandboxReport;

  expect({ code, failure }).toMatchObject({ code: 3, failure: { code: 'TRANSPORT_LOST' } });
  expect(phases.map(({ outcome }) => outcome)).toEqual([
    ...['passed', 'failed', 'skipped', 'skipped', 'skipped', 'passed'],
  ]);
  expect(leaks.map(({ kind }) => kind).sort()).toEqual(['directory', 'port', 'processes']);
  const [requests, tries] = [1, 3]; // one whether a limit had ended the run
  expect(host.lostConnections).toBe(requests + tries * leaks.length);
  host.recover();
  expect(await repository.cli(['down', run.id], config)).toMatchObject({ code: 0 });
  expect(readdirSync(host.temporary)).toEqual([]);
});

test('S2-09 the copy is sent byte for byte, whatever the names are', async () => {
  await using host = await SshHost.start();
  const list = String.raw`find . -path ./e2e -prune -o -type f -printf '%m %p\0' | sort -z | tr '\0\n' '|_'; sha256sum -- -dash`;
  using repository = webRepository(list, '');
  for (const name of ['-dash', 'a space', 'two\nlines', "a 'quote'", 'in/bytes'])
    repository.write(name, `${name}\0\r\n`);
  chmodSync(join(repository.root, 'in/bytes'), 0o755);

  const options = ['run', repository.root, '--json', '--host', HOST];
  const { code, stdout } = await repository.cli(options, { SANDBOX_SSH_CONFIG: host.config });
  const report = JSON.parse(stdout) as SandboxReport;

  expect({ code, sync: report.sync }).toEqual({ code: 0, sync: 'tar' });
  const sum = createHash('sha256').update('-dash\0\r\n').digest('hex');
  const files = ['644 ./-dash', '644 ./a space', "644 ./a 'quote'", '644 ./two_lines', '755 ./in/bytes'];
  const [found = '', digest] = repository.output(report, 'stdout').split(/(?<=\|)(?=[0-9a-f]{64})/);
  expect([
    found
      .split('|')
      .filter((file) => file !== '')
      .sort(),
    digest,
  ]).toEqual([files.sort(), `${sum}  -dash\n`]);
});

test('S2-11 health is requested from the host of the stack', async () => {
  await using host = await SshHost.start();
  const requestLog = join(host.temporary, '../requestLog');
  host.addProgram('curl', `echo "$*" >>${requestLog}; exec /usr/bin/curl "$@"`);
  using repository = webRepository('grep -c GET ../state/service.web.log');

  const { code, stdout } = await repository.cli(['run', repository.root, '--json', '--host', HOST], {
    SANDBOX_SSH_CONFIG: host.config,
  });
  const { checks, test: ended } = JSON.parse(stdout) as SandboxReport;

  expect(code).toBe(0);
  const answered = 1; // the tries before it found no service
  expect(ended!.stdout_tail).toEqual([String(answered)]);
  const requests = readFileSync(requestLog, 'utf8').trim().split('\n');
  expect(requests.map((request) => request.split(' ').at(-1))).toEqual(
    Array.from({ length: checks[0]!.tries }, () => checks[0]!.url),
  );
});

test('S2-18 what cannot be removed is named with the command that removes it', async () => {
  await using host = await SshHost.start();
  using repository = webRepository('true');
  const environment = { SANDBOX_SSH_CONFIG: host.config };
  host.addProgram('rm', 'echo "rm is broken" >&2; exit 1');

  const { code, stdout } = await repository.cli(['run', repository.root, '--json', '--host', HOST], environment);
  const { run, test, failure, leaks, ports } = JSON.parse(stdout) as SandboxReport;

  expect({ code, exit: test!.exit_code, failure }).toMatchObject({
    code: 4,
    exit: 0,
    failure: { code: 'TEARDOWN_LEAKED' },
  });
  const remove = `npx tuningfork sandbox down ${run.id}`;
  expect(leaks).toEqual([
    { kind: 'port', name: String(ports.WEB_PORT), remove },
    { kind: 'directory', name: expect.stringMatching(`/${run.name}$`) as string, remove },
  ]);
  host.removeProgram('rm');
  expect(await repository.cli(['down', run.id], environment)).toMatchObject({ code: 0 });
  expect(readdirSync(host.temporary)).toEqual([]);
});

test('S2-08 the host is chosen in one order, and the reason is printed', async () => {
  await using host = await SshHost.start();
  using repository = webRepository('true');
  const run = async (args: string[], environment: Record<string, string>) => {
    const config = { SANDBOX_SSH_CONFIG: host.config };
    const { stderr } = await repository.cli(['run', repository.root, ...args], { ...config, ...environment });
    return stderr.split('\n')[0];
  };

  expect(await run(['--host', HOST], { SANDBOX_HOST: 'elsewhere' })).toBe(`host ${HOST}: from --host`);
  expect(await run([], { SANDBOX_HOST: HOST })).toBe(`host ${HOST}: from SANDBOX_HOST`);
  expect(await run([], ON_THIS_HOST)).toBe('host local: neither --host nor SANDBOX_HOST names another');
});
