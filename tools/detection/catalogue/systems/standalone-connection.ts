import type { Faults } from '../../fault';

/** The connection of a standalone worker, and what it may do. */
export const STANDALONE_CONNECTION_FAULTS: Faults = {
  F1589: {
    promise: 'a call that the platform has not received is sent again',
    file: 'workers/rpc/rpc.ts',
    within: 'RpcClient.sendAgain',
    find: '!known.includes(id)',
    replace: 'known.includes(id)',
    claims: ['S1-61'],
  },
  F1447: {
    promise: 'a reply that was lost is sent over the next connection',
    file: 'workers/standalone/server/call-replies.ts',
    within: 'CallReplies.sendAgain',
    find: 'reply !== undefined',
    replace: 'false',
    claims: ['S1-64'],
  },
  F1450: {
    promise: 'a revocation disconnects the worker',
    file: 'workers/standalone/server/server-access.ts',
    within: 'renewLeases',
    find: 'worker?.session !== session',
    replace: 'worker === null',
    claims: ['S1-63'],
  },
  F1452: {
    promise: 'the token of a standalone worker opens no route',
    file: 'api/http/authenticate-requests.ts',
    within: 'requireTokenType',
    find: '!allowedTypes.includes(tokenType) || claims.worker !== null',
    replace: `!allowedTypes.includes(tokenType) && claims.worker === null`,
    claims: ['S1-63'],
  },
  F1453: {
    promise: 'a worker finishes only what it has claimed',
    file: 'workers/access/database-access.ts',
    within: 'DatabaseAccess.finishAttempt',
    find: 'if (!claimed) return false;',
    replace: 'if (!claimed) return true;',
    claims: ['S1-64'],
  },
};
