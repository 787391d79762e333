import type { Client } from '../../client/client';
import { messageOf } from '../../errors';
import { readExecutions, type ExecutionEvidence } from './executions';
import { describeLogText } from './platform-log';

/** A platform that a test has started for itself. */
export interface OwnPlatform {
  /** As its first administrator, without recording requests; null: no log-in has succeeded yet. */
  client(): Pick<Client, 'executions'> | null;
  /** What its processes have logged. */
  log(): string;
}

/** The last top-level executions that are shown of one platform. */
const MOST_EXECUTIONS = 20;

interface OwnPlatformEvidence {
  readonly executions: readonly ExecutionEvidence[];
  /** Why its executions could not be listed. */
  readonly unlisted: readonly string[];
  /** The errors that it logged, and the last of the other lines; empty: it logged nothing. */
  readonly logged: string;
}

/** What a test's own platform ran: all that it ran is the test's. Never throws. */
export async function readOwnPlatform(platform: OwnPlatform): Promise<OwnPlatformEvidence> {
  const logged = describeLogText(platform.log());
  const client = platform.client();
  if (client === null) return { executions: [], unlisted: [], logged };
  try {
    const listed = await client.executions.list({ top_level_only: true });
    const ids = listed.map(({ id }) => id).sort((a, b) => a - b);
    const executions = await readExecutions(client as Client, ids.slice(-MOST_EXECUTIONS));
    return { executions, unlisted: [], logged };
  } catch (error) {
    return { executions: [], unlisted: [`no executions of the test's own platform: ${messageOf(error)}`], logged };
  }
}
