import { Client } from 'pg';

/** Runs statements on a connection of their own, which is closed when it returns the rows. */
export async function queryOnce<T extends object>(url: string, statements: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(statements)).rows;
  } finally {
    await client.end();
  }
}
