import { logIn, type Client } from '../../../helpers/client/client';
import { connectNotifier, type NotifierSocket } from '../../../helpers/client/notifier-socket';
import type { ConnectionOptions } from '../../../helpers/client/send-call';
import type { ObservedResponse } from '../../attune/key-differences';
import { spawnCli, waitForExit, waitForReady } from '../embedded/cli-process';

export interface ObservedPlatform {
  readonly client: Client;
  /** Every response to the client so far. */
  readonly responses: readonly ObservedResponse[];
  /** Subscribed to all notifications before anything was created. */
  readonly socket: NotifierSocket;
}

/** Starts a platform for the tests of a block. `arrange` is called once it responds. */
export function withObservedPlatform(
  env: NodeJS.ProcessEnv,
  arrange: (client: Client) => Promise<void>,
): () => ObservedPlatform {
  const releases: (() => Promise<unknown>)[] = [];
  let observed: ObservedPlatform | undefined;
  beforeAll(async () => {
    const platform = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], env);
    releases.push(() => {
      platform.stdin.end();
      return waitForExit(platform);
    });
    const { url, notifier_url: notifierUrl, login, password } = await waitForReady(platform);
    const responses: ObservedResponse[] = [];
    const { client, token } = await logIn({ baseUrl: url, observe: recordIn(responses) }, login, password!);
    const socket = await connectNotifier({ url: `${notifierUrl.replace('http', 'ws')}/ws`, token });
    releases.push(async () => socket[Symbol.asyncDispose]());
    await socket.subscribe('all');
    await arrange(client);
    observed = { client, responses, socket };
  });
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  });
  return () => {
    if (!observed) throw new Error('the platform did not start');
    return observed;
  };
}

const recordIn =
  (responses: ObservedResponse[]): NonNullable<ConnectionOptions['observe']> =>
  ({ method, path, root }, status, _ms, body) =>
    void responses.push({ method, path: `${root ? '' : '/api/v1'}${path}`, status, body });
