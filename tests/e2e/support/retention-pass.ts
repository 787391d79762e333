import type { Client } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';

type RetentionPass = NonNullable<Awaited<ReturnType<Client['retention']['get']>>['last_pass']>;
type RetentionSettings = Parameters<Client['retention']['update']>[0];

/** Changes the settings, and waits for a pass with them that has started after an instant, ms. */
export async function passAfter(
  ctx: Context,
  { retention }: Client,
  settings: RetentionSettings,
  startedAfter: number,
): Promise<RetentionPass> {
  await retention.update(settings);
  const isLater = (pass: RetentionPass) =>
    parseInstant(pass.started_at) > startedAfter && pass.dry_run === settings.dry_run;
  const lastPass = async () => (await retention.get()).last_pass ?? null;
  const hasEnded = async () => {
    const pass = await lastPass();
    return pass !== null && isLater(pass);
  };
  await until(predicateToHold('a later pass of retention', hasEnded), ctx.deadline);
  return (await lastPass())!;
}
