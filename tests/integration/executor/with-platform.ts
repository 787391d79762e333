import { logIn, type Client } from '../../../helpers/client/client';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

/** Starts a platform for the test file with `tuningfork up`, with one empty pack. */
export function withPlatform(pack: string, env: NodeJS.ProcessEnv = {}): () => Client {
  let platform: CliProcess;
  let client: Client | undefined;
  beforeAll(async () => {
    platform = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], env);
    const running = await waitForReady(platform);
    ({ client } = await logIn({ baseUrl: running.url }, running.login, running.password!));
    await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  });
  afterAll(async () => {
    platform.stdin.end();
    await waitForExit(platform);
  });
  return () => {
    if (!client) throw new Error('the platform did not start');
    return client;
  };
}
