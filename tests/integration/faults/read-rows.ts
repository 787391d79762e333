import type { Pool, QueryResultRow } from 'pg';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { isLostConnection } from '../../../platform/store/database/lost-connection';
import { livenessDeadline } from '../liveness';

/** A platform whose owner's connections are open. */
interface OwnedPlatform {
  readonly owner: Pool;
}

/** The rows of a statement of the owner, which is repeated while the database is away. */
export async function readRows<T extends QueryResultRow>(
  platform: OwnedPlatform,
  statement: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  let rows: T[] = [];
  const isAnswered = async (): Promise<boolean> => {
    try {
      ({ rows } = await platform.owner.query<T>(statement, [...values]));
      return true;
    } catch (error) {
      if (isLostConnection(error)) return false;
      throw error;
    }
  };
  await until(predicateToHold('the database to answer', isAnswered), livenessDeadline());
  return rows;
}

/** Waits until the statement's one row `holds`, and while the database is away. */
export async function untilRow(
  platform: OwnedPlatform,
  name: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const holds = async () => (await readRows<{ holds: boolean }>(platform, statement, values))[0]?.holds === true;
  await until(predicateToHold(name, holds), livenessDeadline());
}
