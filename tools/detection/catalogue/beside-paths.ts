import type { Fault } from '../fault';

/** What is beside the usual path: another cause, another way, a second of a kind. */
export const BESIDE_PATH_FAULTS: readonly Fault[] = [
  {
    id: 'F3255',
    promise: 'a redirect with 303 leads on with GET, whatever the method was',
    file: 'egress/follow-redirects.ts',
    within: 'nextRequest',
    find: "(status === 303 || request.method === 'POST')",
    replace: "request.method === 'POST'",
    claims: ['T3.18f'],
  },
  {
    id: 'F3256',
    promise: 'a redirect with 308 keeps the method and the body',
    file: 'egress/follow-redirects.ts',
    within: 'nextRequest',
    find: "status === 307 || status === 308 || request.method === 'GET' || request.method === 'HEAD'",
    replace: "status === 307 || request.method === 'GET' || request.method === 'HEAD'",
    claims: ['T3.18f'],
  },
  {
    id: 'F3261',
    promise: 'a request states the length of its body, whatever its method',
    file: 'egress/send-request.ts',
    within: 'sendPinnedRequest',
    find: '{ ...outgoing.headers, ...bodyLength(outgoing.body) }',
    replace: 'outgoing.headers',
    claims: ['T3.18f'],
  },
];
