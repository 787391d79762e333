import type { Faults } from '../../fault';

/** Files of artifacts of workers without the platform's disk, and their tokens. */
export const STANDALONE_FILE_FAULTS: Faults = {
  F1624: {
    promise: 'files of artifacts are sent when an attempt has ended',
    file: 'workers/standalone/worker/worker-side-access.ts',
    within: 'workerSideAccess',
    find: 'await files.send(attempt)',
    replace: 'void attempt',
    claims: ['S1-66'],
  },
  F1626: {
    promise: 'a file with another digest is not stored',
    file: 'workers/standalone/server/received-files.ts',
    within: 'ReceivedFiles.take',
    find: 'digest === sent.file.digest',
    replace: 'true',
    claims: ['S1-66'],
  },
  F1630: {
    promise: 'a revoked token is not renewed',
    file: 'workers/standalone/server/renew-token.ts',
    within: 'issueAgain',
    find: 'worker?.tokenEpoch !== named.epoch || worker.session !== session',
    replace: 'worker === null',
    claims: ['S1-67'],
  },
  F1631: {
    promise: 'a token is renewed only while its issuer has the rights to issue it',
    file: 'workers/standalone/server/issuer.ts',
    within: 'requireIssuer',
    find: '!isEntitled',
    replace: 'false',
    claims: ['S1-67'],
  },
};
