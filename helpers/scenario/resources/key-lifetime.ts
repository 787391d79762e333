import { secondsBetween } from '../../instant';
import type { TimeContext } from '../context';

interface ExpiringKey {
  readonly ref: string;
  readonly expires_at?: string | null;
}

/** Passes the time until a key expires: it has its value until then, and is absent after. */
export async function expectExpiry(ctx: TimeContext, { ref, expires_at }: ExpiringKey) {
  const read = async () => (await ctx.client.keys.getOrNull(ref))?.value;
  expect(await read()).toBeDefined();
  const seconds = secondsBetween(await ctx.time.now(), expires_at ?? '');
  await ctx.time.expectNothingFor(seconds - 0.001, read);
  await ctx.time.pass(0.001);
  expect(await read()).toBeUndefined();
}
