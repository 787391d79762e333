import type { TestUser } from './test-users';

/**
 * A page of two pending inquiries of a person: the ids, and what it states of the list, as
 * `3 rows, page 1 of size 2`.
 */
export async function pendingPage({ client, id }: TestUser, offset: number): Promise<{ ids: number[]; facts: string }> {
  const filter = { status: 'pending', assigned_to: id };
  const { items, pagination } = await client.inquiries.page(filter, { limit: 2, offset });
  const { total_items: total, page, page_size: size } = pagination;
  return { ids: items.map((row) => row.id), facts: `${total} rows, page ${page} of size ${size}` };
}

/** Of a person's inquiries with this status: the ids, and whether they have a response. */
export const listedWith = async ({ client, id }: TestUser, status: string) =>
  (await client.inquiries.list({ status, assigned_to: id })).map((row) => [row.id, row.has_response]);
