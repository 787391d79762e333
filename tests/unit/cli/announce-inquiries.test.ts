import type { Inquiry } from '../../../contract/inquiries';
import type { Client } from '../../../helpers/client/client';
import { ApiError } from '../../../helpers/errors';
import { announceInquiries, inquiryLines } from '../../../cli/run/announce-inquiries';

const INQUIRY = {
  id: 7,
  execution: 43,
  prompt: 'Deploy?',
  response_schema: null,
  assigned_to: null,
  timeout_at: null,
} as unknown as Inquiry;
const URL = 'http://127.0.0.1:8080';

/** A platform with the inquiry, on which 43 is below 42, and 42 below 41; 50 is another one. */
function clientWith(pages: readonly (readonly Inquiry[] | ApiError)[], ended: AbortController) {
  const parents = new Map([
    [43, 42],
    [42, 41],
  ]);
  let reads = 0;
  const page = () => {
    const items = pages[reads++]!;
    if (reads === pages.length) ended.abort();
    return items instanceof ApiError ? Promise.reject(items) : Promise.resolve({ items });
  };
  return {
    inquiries: { page, get: () => Promise.resolve(INQUIRY) },
    executions: { get: (id: number) => Promise.resolve({ parent: parents.get(id) ?? null }) },
  } as unknown as Client;
}

async function announced(root: number, pages: readonly (readonly Inquiry[] | ApiError)[]): Promise<string[]> {
  const lines: string[] = [];
  const ended = new AbortController();
  const print = (line: string) => void lines.push(line);
  await announceInquiries(clientWith(pages, ended), { root, url: URL, print, ended: ended.signal });
  return lines;
}

test('the inquiry of a task is printed once, with the request that responds', async () => {
  expect(await announced(41, [[], [INQUIRY], [INQUIRY]])).toEqual([
    'execution 43 waits for a response to inquiry 7: Deploy?',
    `  respond with POST ${URL}/api/v1/inquiries/7/respond and the body {"response": …}`,
  ]);
});

test('the inquiry of another execution is not printed', async () => {
  expect(await announced(50, [[INQUIRY]])).toEqual([]);
});

test('its schema, its assignee and its end are printed', () => {
  const inquiry = {
    ...INQUIRY,
    response_schema: { ok: { type: 'boolean' } },
    assigned_to: 3,
    timeout_at: '2026-01-01',
  };

  expect(inquiryLines(inquiry as Inquiry, URL).slice(1, -1)).toEqual([
    '  response schema: {"ok":{"type":"boolean"}}',
    '  assigned to identity 3',
    '  until 2026-01-01',
  ]);
});
