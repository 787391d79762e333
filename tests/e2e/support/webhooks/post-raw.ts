import type { Context } from '../../../../helpers/scenario/context';
import { sendRawRequest, type RawResponse } from '../raw-request';

type Headers = Readonly<Record<string, string | false>>;

const JSON_TYPE = { 'content-type': 'application/json' };

/** Posts a text to a webhook, as JSON unless the headers say otherwise. */
export async function postRaw(
  { facts, recordRequest }: Pick<Context, 'facts' | 'recordRequest'>,
  key: string | null | undefined,
  body: string,
  given: Headers = {},
): Promise<RawResponse> {
  const request = { method: 'POST', path: `/api/v1/webhooks/${key ?? ''}` } as const;
  const headers = { ...JSON_TYPE, ...given };
  const sentAt = performance.now();
  const response = await sendRawRequest(facts, { ...request, body, headers });
  const { status, text } = response;
  const bodies = { sent: { headers, body }, received: text };
  recordRequest({ ...request, query: '', status, ms: performance.now() - sentAt, bodies });
  return response;
}

/** The id of the event that a call created. */
export const eventOf = ({ text }: RawResponse): number =>
  (JSON.parse(text) as { data: { event_id: number } }).data.event_id;
