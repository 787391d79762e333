import type { Client } from '../../client/client';
import { messageOf } from '../../errors';

/** The last executions that are shown: of one rule, and of all. */
const MAX_OF_RULE = 5;
const MAX_OF_ALL = 20;

/** What these rules have started. */
interface StartedByRules {
  /** The last top-level executions, oldest first. */
  readonly ids: readonly number[];
  /** A line for each rule whose executions could not be listed. */
  readonly unlisted: readonly string[];
}

/** Lists the executions of each rule. Never throws. */
export async function startedByRules(
  client: Pick<Client, 'executions'>,
  rules: readonly string[],
): Promise<StartedByRules> {
  const unlisted: string[] = [];
  const lists = rules.map(async (rule_ref) => {
    try {
      const executions = await client.executions.list({ rule_ref, top_level_only: true });
      return executions
        .map(({ id }) => id)
        .sort((a, b) => a - b)
        .slice(-MAX_OF_RULE);
    } catch (error) {
      unlisted.push(`no executions of rule ${rule_ref}: ${messageOf(error)}`);
      return [];
    }
  });
  const ids = (await Promise.all(lists)).flat().sort((a, b) => a - b);
  return { ids: ids.slice(-MAX_OF_ALL), unlisted };
}
