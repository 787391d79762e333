import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../helpers/scenario/context';
import { TIMERS } from '../../../helpers/scenario/resources/timer-rule';

/**
 * Uploads a pack with `size` rules whose timers all fire at one instant, and returns its ref. The
 * pack is removed after the test.
 */
export async function uploadManyTimers(ctx: Context, size: number, fireAt: string): Promise<string> {
  const ref = ctx.name('many-timers');
  const directory = join(ctx.facts.directory, ref);
  mkdirSync(join(directory, 'rules'), { recursive: true });
  try {
    writeFileSync(join(directory, 'pack.yaml'), `ref: ${ref}\nlabel: many timers\nversion: 1.0.0\n`);
    for (let n = 1; n <= size; n++) {
      const rule = { ref: `${ref}.rule-${n}`, trigger_ref: TIMERS.date, action_ref: 'core.noop' };
      const text = JSON.stringify({ ...rule, trigger_params: { fire_at: fireAt } }); // JSON is YAML
      writeFileSync(join(directory, 'rules', `rule-${n}.yaml`), text);
    }
    await ctx.client.packs.upload(directory, {});
    ctx.defer(() => ctx.client.packs.remove(ref));
  } finally {
    rmSync(directory, { recursive: true });
  }
  return ref;
}
