import type { Client } from '../../../helpers/client/client';
import { readyPlatform, spawnCli, waitForExit, type CliProcess } from '../embedded/cli-process';

/** Starts a platform for the test file with `tuningfork up`, with one empty pack. */
export function withPlatform(pack: string, env: NodeJS.ProcessEnv = {}): () => Client {
  let platform: CliProcess;
  let client: Client | undefined;
  beforeAll(async () => {
    platform = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], env);
    ({ client } = await readyPlatform(platform));
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
