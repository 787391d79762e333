// Spec: a platform is known by its identity, and is stopped by its port, which stops nothing else.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { runCommand } from '../../support/commands/command-line';
import { isAlive } from '../../../../helpers/scenario/processes';
import { systemTestNeeding } from '../../support/system-test';
import { startPlatform } from '../../../../helpers/target/start/started-platform';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 60;

/** Starts a platform besides that of the run; the test's end stops it. */
async function startOther(ctx: Context) {
  const platform = await startPlatform({});
  ctx.defer(() => platform.stop());
  const { url, pid, instance_id } = platform.running;
  return { url, pid, instance_id, port: new URL(url).port };
}

const identityOf = (url: string) => createClient({ baseUrl: url }).health.identity();

test('S0-11 the command down stops the platform on a port, and no other one', LIMIT_SECONDS, async (ctx) => {
  const [first, second] = await Promise.all([startOther(ctx), startOther(ctx)]);
  const before = await identityOf(second.url);

  const { code, stdout, stderr } = await runCommand(ctx, ['down', '--port', first.port, '--json']);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout[0]!)).toMatchObject({
    port: Number(first.port),
    stopped: { instance_id: first.instance_id, pid: first.pid },
  });
  await expect(identityOf(first.url)).rejects.toMatchObject({ status: 0 });
  expect([first, second].map(({ pid }) => isAlive(pid))).toEqual([false, true]);
  expect(await identityOf(second.url)).toEqual(before);
  expect(before).toMatchObject({ instance_id: second.instance_id, pid: second.pid });
});

test('S0-11 down succeeds where nothing listens', async (ctx) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const { code, stdout } = await runCommand(ctx, ['down', '--port', String(port)]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: [`nothing listens on port ${port}`] });
});

/** A server that is no platform; with an identity, it pretends to be one. */
async function startForeignServer(ctx: Context, identity: object | null): Promise<number> {
  const server = createServer((request, response) => {
    const isIdentity = identity !== null && request.url === '/health/identity';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isIdentity ? identity : { status: 'ok' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ctx.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

test('S0-12 another process on the port is named and left alone', async (ctx) => {
  const port = await startForeignServer(ctx, null);

  const { code, stderr } = await runCommand(ctx, ['down', '--port', String(port)]);

  expect(code).toBe(2);
  expect(stderr).toContain(`FOREIGN_PORT_HOLDER: port ${port} is held by pid ${process.pid} (`);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

test('S0-12 a process that states the identity of another one stops nothing', LIMIT_SECONDS, async (ctx) => {
  const other = await startOther(ctx);
  const port = await startForeignServer(ctx, await identityOf(other.url));

  const { code, stderr } = await runCommand(ctx, ['down', '--port', String(port)]);

  expect(code).toBe(2);
  expect(stderr).toContain(`is held by pid ${process.pid} (`);
  expect(isAlive(other.pid)).toBe(true);
});

test('S0-08 a port in use stops the start, and its holder is named', LIMIT_SECONDS, async (ctx) => {
  const other = await startOther(ctx);
  const before = await identityOf(other.url);

  const { code, stdout, stderr } = await runCommand(ctx, ['up', '--port', other.port, '--json']);

  expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
  const { instance_id, pid, source } = before;
  expect(stderr).toContain(
    `PORT_IN_USE: 127.0.0.1:${other.port} is held by platform ${instance_id}, pid ${pid}, build ${source}`,
  );
  expect(await identityOf(other.url)).toEqual(before);
});
