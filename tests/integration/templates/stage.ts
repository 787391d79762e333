import { logIn, type Client } from '../../../helpers/client/client';
import { command, ended, readiness, type Command } from '../embedded/command';

/** A platform of the test file's own, as `tuningfork up` starts it, with one empty pack. */
export function withPlatform(pack: string, env: NodeJS.ProcessEnv = {}): () => Client {
  let platform: Command;
  let client: Client | undefined;
  beforeAll(async () => {
    platform = command(['up', '--port', '0', '--json', '--exit-with-stdin'], env);
    const running = await readiness(platform);
    ({ client } = await logIn({ baseUrl: running.url }, running.login, running.password));
    await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  }, 60_000);
  afterAll(async () => {
    platform.stdin.end();
    await ended(platform);
  });
  return () => {
    if (!client) throw new Error('the platform did not start');
    return client;
  };
}
