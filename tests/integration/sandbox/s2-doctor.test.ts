import { readdirSync } from 'node:fs';
import { ON_THIS_HOST, webRepository } from './sandbox-cli';
import { HOST, SshHost } from './ssh-host';

jest.setTimeout(120_000);

interface Doctor {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly found: string }[];
}

test('a trial stack runs on this host and by ssh, and leaves nothing', async () => {
  await using host = await SshHost.start();
  using repository = webRepository('true');

  const here = await repository.cli(['doctor', '--json'], ON_THIS_HOST);
  const remote = await repository.cli(['doctor', '--json', '--host', HOST], { SANDBOX_SSH_CONFIG: host.config });

  for (const { code, stdout } of [here, remote]) {
    const { ok, checks } = JSON.parse(stdout) as Doctor;
    const missing = checks.filter((check) => !check.ok && check.name !== 'engine for containers');
    expect({ code, ok, missing }).toEqual({ code: 0, ok: true, missing: [] });
    expect(checks.at(-1)).toMatchObject({
      name: 'trial run',
      found: expect.stringMatching(/^a stack started/) as string,
    });
  }
  expect([repository.leftBehind(), readdirSync(host.temporary)]).toEqual([[], []]);
});

test('what limits a run is printed with what would be right', async () => {
  await using host = await SshHost.start();
  using repository = webRepository('true');
  host.addProgram('df', 'exit 1');

  const { code, stdout } = await repository.cli(['doctor', '--host', HOST], { SANDBOX_SSH_CONFIG: host.config });

  expect(code).toBe(0); // a run is possible
  expect(stdout).toMatch(/^limited +free space/m);
  expect(stdout).toMatch(/^ +→ free at least 1 GiB in the directory for runs$/m);
});

test('a host that is not reached is exit 3 with the words of the client', async () => {
  const host = await SshHost.start();
  using repository = webRepository('true');
  await host.stop();

  const { code, stderr } = await repository.cli(['doctor', '--host', HOST], { SANDBOX_SSH_CONFIG: host.config });
  await host[Symbol.asyncDispose]();

  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('HOST_UNREACHABLE') as string });
});
