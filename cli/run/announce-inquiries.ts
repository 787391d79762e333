import { setTimeout as sleep } from 'node:timers/promises';
import { writeJson } from '../../contract/json-text/write-json';
import type { Inquiry } from '../../contract/inquiries';
import type { Client } from '../../helpers/client/client';
import { nullOn404 } from '../../helpers/client/null-on-not-found';
import { ApiError, isError } from '../../helpers/errors';

const POLL_MS = 500;
const NEWEST = { limit: 100, offset: 0 };

interface Announcement {
  /** Id of the execution. */
  readonly root: number;
  readonly url: string;
  readonly print: (line: string) => void;
  /** Aborts when the execution has ended. */
  readonly ended: AbortSignal;
}

/**
 * Prints each inquiry that the execution, or one below it, waits for, once, until the end. A
 * failed read is repeated; one that the platform refuses is printed, and is the last.
 */
export async function announceInquiries(client: Client, announcement: Announcement): Promise<void> {
  const { print, ended } = announcement;
  const seen = new Set<number>();
  while (!ended.aborted) {
    try {
      await announceNew(client, seen, announcement);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status > 0 && error.status < 500) return print(`inquiries cannot be read: ${error.message}`);
    }
    await sleep(POLL_MS, undefined, { signal: ended }).catch(ignoreAbort);
  }
}

async function announceNew(client: Client, seen: Set<number>, { root, url, print }: Announcement): Promise<void> {
  const { items } = await client.inquiries.page({ status: 'pending' }, NEWEST);
  for (const { id, execution } of items.filter((inquiry) => !seen.has(inquiry.id))) {
    const lines = (await isBelow(client, execution, root)) ? inquiryLines(await client.inquiries.get(id), url) : [];
    seen.add(id);
    for (const line of lines) print(line);
  }
}

/** False too for an execution that the caller may not read, or that has been removed. */
async function isBelow(client: Client, execution: number, root: number): Promise<boolean> {
  for (let id: number | null = execution; id !== null;) {
    if (id === root) return true;
    id = (await nullOn404(client.executions.get(id)))?.parent ?? null;
  }
  return false;
}

/** What an inquiry asks, and the request that responds to it. */
export function inquiryLines(
  { id, execution, prompt, response_schema: schema, timeout_at: timeout, assigned_to: assignee }: Inquiry,
  url: string,
): string[] {
  return [
    `execution ${execution} waits for a response to inquiry ${id}: ${prompt}`,
    ...(schema === null ? [] : [`  response schema: ${writeJson(schema)}`]),
    ...(assignee === null ? [] : [`  assigned to identity ${assignee}`]),
    ...(timeout === null ? [] : [`  until ${timeout}`]),
    `  respond with POST ${url}/api/v1/inquiries/${id}/respond and the body {"response": …}`,
  ];
}

function ignoreAbort(error: unknown): void {
  if (!isError(error) || error.name !== 'AbortError') throw error;
}
