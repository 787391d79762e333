import { isDeepStrictEqual } from 'node:util';
import { parseInstant } from '../../../../helpers/instant';
import type { TimeContext } from '../../../../helpers/scenario/context';
import type { WebhookRule } from '../../../../helpers/scenario/resources/webhook-rule';
import { rfc3339 } from '../../../../helpers/scenario/resources/platform-clock';
import { postRaw } from './post-raw';
import { OTHER_SECRET, SECRET, type Sender } from './senders';

const BODY = '{ "n" : 1 }';

type Headers = ReturnType<Sender['headers']>;

/** How far a timestamp may be ahead, seconds. */
const AHEAD = 60;

/** Unix seconds of a clock that stands still; it is moved to a whole second. */
export async function wholeSecond({ time }: TimeContext): Promise<number> {
  const seconds = Math.ceil(parseInstant(await time.now()) / 1_000);
  await time.passTo(rfc3339(seconds * 1_000));
  return seconds;
}

const mapValues = (headers: Headers, change: (value: string) => string): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));

/** A digest in hexadecimal digits, with one that is a letter. */
const DIGEST = /\b(?=\d*[a-f])[0-9a-f]{40,}\b/g;

/** A header that Attune's own signature may have as well, and that then has the same value. */
const SECOND_HEADER = 'X-Hub-Signature-256';

/** Whether one of several signatures is enough. */
const isList = (headers: Headers): boolean => /v1.*v1/.test(Object.values(headers)[0]!);

type Call = { readonly headers: Headers; readonly status: number };

/** The calls of a sender, with what their response must be; `now`: Unix seconds. */
function callsOf({ settings, headers, tolerance }: Sender, now: number): Record<string, Call> {
  const right = headers(SECRET, BODY, now);
  const capital = mapValues(right, (value) => value.replace(DIGEST, (digits) => digits.toUpperCase()));
  const isSigned = headers(SECRET, '', now)[Object.keys(right)[0]!] !== Object.values(right)[0];
  const timed = (offset: number) => headers(SECRET, BODY, now + offset);
  return {
    right: { headers: right, status: 200 },
    'of another secret': { headers: headers(OTHER_SECRET, BODY, now), status: 401 },
    unsigned: { headers: {}, status: 401 },
    'with a text before it': { headers: mapValues(right, (value) => `0${value}`), status: 401 },
    ...(!isList(right) && {
      'with a longer value': { headers: mapValues(right, (value) => `${value}0`), status: 401 },
    }),
    ...(isSigned && { 'of another body': { headers: headers(SECRET, `${BODY} `, now), status: 401 } }),
    ...(settings.signature &&
      !isDeepStrictEqual(capital, right) && { 'in capitals': { headers: capital, status: 401 } }),
    ...(settings.hmac && {
      'twice the same': { headers: { ...right, [SECOND_HEADER]: right['X-Webhook-Signature']! }, status: 200 },
      'with a second one that differs': {
        headers: { ...right, [SECOND_HEADER]: headers(OTHER_SECRET, BODY, now)['X-Webhook-Signature']! },
        status: 401,
      },
    }),
    ...(tolerance !== null && {
      'as old as allowed': { headers: timed(-tolerance), status: 200 },
      'a second older': { headers: timed(-tolerance - 1), status: 401 },
      'as far ahead as allowed': { headers: timed(AHEAD), status: 200 },
      'a second further': { headers: timed(AHEAD + 1), status: 401 },
      'with another timestamp': {
        headers: mapValues(right, (value) => value.replace(`${now}`, `${now + 1}`)),
        status: 401,
      },
    }),
  };
}

/**
 * Posts the calls of a sender to its webhook at `now`, Unix seconds. Returns their statuses, and
 * what they must be.
 */
export async function callSender(ctx: TimeContext, { trigger }: WebhookRule, sender: Sender, now: number) {
  await ctx.client.triggers.secureWebhook(trigger.ref, sender.settings);
  const calls = callsOf(sender, now);
  const found: Record<string, number> = {};
  for (const [name, { headers }] of Object.entries(calls))
    found[name] = (await postRaw(ctx, trigger.webhook_key, BODY, headers)).status;
  return { found, expected: Object.fromEntries(Object.entries(calls).map(([name, { status }]) => [name, status])) };
}
