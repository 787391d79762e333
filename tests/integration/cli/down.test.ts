import { once } from 'node:events';
import { createServer } from 'node:net';
import { outputOf, spawnCli, waitForExit, waitForReady } from '../embedded/cli-process';

/** Runs `down` to its end. */
function down(...args: string[]) {
  return outputOf(spawnCli(['down', ...args]));
}

test('down ignores a process on the same port of another address', async () => {
  const platform = spawnCli(['up', '--port', '0', '--json']);
  const exited = waitForExit(platform);
  const { url, instance_id, pid } = await waitForReady(platform);
  const { port } = new URL(url);
  const other = createServer().listen(Number(port), '127.0.0.9');
  await once(other, 'listening');

  const stopped = await down('--port', port);
  const nothing = await down('--port', port);
  const foreign = await down('--port', port, '--host', '127.0.0.9');
  other.close();

  expect(stopped).toEqual({ code: 0, stdout: `stopped platform ${instance_id}, pid ${pid}\n`, stderr: '' });
  expect(await exited).toEqual([null, 'SIGTERM']);
  expect(nothing).toEqual({ code: 0, stdout: `nothing listens on port ${port}\n`, stderr: '' });
  expect(foreign).toMatchObject({ code: 2, stdout: '' });
  expect(foreign.stderr).toContain(`FOREIGN_PORT_HOLDER: port ${port} is held by pid ${process.pid} (`);
});
