import { Client } from 'pg';
import type { Condition } from './polling';
import type { RunFacts } from './run';

/** The target's database as its owner, in plain SQL: what the contract lets a suite do around the platform. */
export interface Owner extends AsyncDisposable {
  query<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Collects what is notified on a channel from now on, oldest first. */
  listen(channel: string): Promise<readonly string[]>;
}

/** Throws where the harness has no way to the database. */
export async function asOwner({ databaseUrl }: RunFacts): Promise<Owner> {
  if (databaseUrl === null) throw new Error('plain SQL needs DATABASE_URL');
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined); // a lost connection is told by the statement that meets it
  await client.connect();
  return {
    query: async <T extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<T>(text, [...values])).rows,
    listen: async (channel) => {
      const heard: string[] = [];
      client.on('notification', (one) => {
        if (one.channel === channel) heard.push(one.payload ?? '');
      });
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      return heard;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Something of this form was notified. The value is all that was. */
export const toBeNotified = (heard: readonly string[], wanted: (payload: string) => boolean): Condition<string[]> => ({
  name: 'a notification of the database',
  look: () => {
    const got = heard.filter(wanted);
    return Promise.resolve(
      got.length > 0 ? { is: 'met', value: got } : { is: 'pending', why: `${heard.length} others came` },
    );
  },
  evidence: () => Promise.resolve(heard.slice(-5).join('\n')),
});
