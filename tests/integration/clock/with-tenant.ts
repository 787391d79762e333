import { logIn, type Client } from '../../../helpers/client/client';
import { createTenant } from '../../../helpers/scenario/resources/new-tenant';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

export const PACK = 'timed';

/** A platform with virtual time, and tenants of it whose clocks stand still. */
export function withVirtualTime() {
  let platform: CliProcess;
  let url: string;
  let manager: Client;
  let tenants = 0;

  beforeAll(async () => {
    platform = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], { PLATFORM_VIRTUAL_TIME: 'on' });
    const running = await waitForReady(platform);
    url = running.url;
    ({ client: manager } = await logIn({ baseUrl: url }, running.login, running.password!));
  });
  afterAll(async () => {
    platform.stdin.end();
    await waitForExit(platform);
  });

  /** The administrator of a tenant with an empty pack, whose clock shows `at`. */
  const tenant = async (at?: string): Promise<TimedTenant> => {
    const { login, password } = await createTenant(manager, `timed-${++tenants}`);
    const signIn = async (): Promise<Client> => (await logIn({ baseUrl: url }, login, password)).client;
    const client = await signIn();
    await client.packs.create({ ref: PACK, label: PACK, version: '1.0.0' });
    await client.clock.set({ mode: 'pinned', ...(at !== undefined && { at }) });
    return { client: await signIn(), signIn };
  };

  return { manager: () => manager, tenant };
}

export interface TimedTenant {
  readonly client: Client;
  /** Logs in again: a move ends tokens whose lifetime it passes. */
  signIn(): Promise<Client>;
}
