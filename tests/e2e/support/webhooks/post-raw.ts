import type { Context } from '../../../../helpers/scenario/context';
import { sendRawRequest, type RawResponse } from '../raw-request';

type Headers = Readonly<Record<string, string | false>>;

const JSON_TYPE = { 'content-type': 'application/json' };

/** Posts a text to a webhook, as JSON unless the headers say otherwise. */
export const postRaw = (
  ctx: Pick<Context, 'facts'>,
  key: string | null | undefined,
  body: string,
  headers: Headers = {},
): Promise<RawResponse> =>
  sendRawRequest(ctx.facts, {
    method: 'POST',
    path: `/api/v1/webhooks/${key ?? ''}`,
    body,
    headers: { ...JSON_TYPE, ...headers },
  });

/** The id of the event that a call created. */
export const eventOf = ({ text }: RawResponse): number =>
  (JSON.parse(text) as { data: { event_id: number } }).data.event_id;
