import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, logIn } from '../../client/client';
import { parseInstant } from '../../instant';
import type { RunFacts } from '../../target/run-facts';
import { uniqueName } from '../names';
import { createTenant } from '../resources/new-tenant';

/** A tenant with a pinned clock, which the tests of one file move one after the other. */
export interface FileTenant {
  /** The token of its admin. */
  token(): string;
  /** Logs in again if the token has expired at this time of the clock, RFC 3339. */
  renewToken(now: string): Promise<void>;
  /** Of the files about its packs: another tenant has other copies of them. */
  readonly directory: string;
  remove(): Promise<void>;
}

type Run = Pick<RunFacts, 'url' | 'token' | 'run' | 'directory'>;

/** A token that expires so soon may expire before it arrives, seconds. */
const LAST_SECONDS = 60;

/** Creates the tenant of a test file, and pins its clock at the current time. */
export async function createFileTenant({ url, token, run, directory }: Run, file: string): Promise<FileTenant> {
  const tenant = await createTenant(createClient({ baseUrl: url, token }), uniqueName(run, file, 't', 'time'));
  const logInAsAdmin = () => logIn({ baseUrl: url }, tenant.login, tenant.password);
  let admin = await logInAsAdmin();
  const { now } = await admin.client.clock.set({ mode: 'pinned' });
  let expiresAt = expiry(now, admin.lifetime);
  const packs = join(directory, tenant.slug);
  mkdirSync(join(packs, 'fixtures'), { recursive: true });
  return {
    token: () => admin.token,
    renewToken: async (at) => {
      if (parseInstant(at) < expiresAt) return;
      admin = await logInAsAdmin();
      expiresAt = expiry(at, admin.lifetime);
    },
    directory: packs,
    remove: () => tenant.remove(),
  };
}

/** Epoch ms, by the tenant's clock. */
const expiry = (now: string, lifetime: number): number => parseInstant(now) + (lifetime - LAST_SECONDS) * 1_000;
