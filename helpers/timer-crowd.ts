import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context';
import { TIMERS } from './timer-rule';

/** Uploads a pack of so many rules whose timers all fire at one instant; answers its ref. Goes with everything at the end. */
export async function crowd(ctx: Context, size: number, fireAt: string): Promise<string> {
  const ref = ctx.name('crowd');
  const directory = join(ctx.facts.directory, ref);
  mkdirSync(join(directory, 'rules'), { recursive: true });
  try {
    writeFileSync(join(directory, 'pack.yaml'), `ref: ${ref}\nlabel: crowd\nversion: 1.0.0\n`);
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
