import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Environment } from '../../../contract/runtimes';
import { listEnvironments, rebuildEnvironments } from '../../store/packs/environments';
import { refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { route } from '../http/route';
import { onReadablePack, onWritablePack } from './pack-requirements';

const PATH = '/api/v1/packs/:ref/environments';
const schema = {
  tags: ['packs'],
  params: refParams,
  response: { 200: dataEnvelope(Type.Array(Environment)) },
};

/** The state of a pack's installed dependencies, and their rebuild. */
export function environmentsRoutes(api: Api): void {
  route(api, {
    ...onReadablePack,
    extension: 'packs.environments',
    method: 'GET',
    path: PATH,
    schema,
    handle: async ({ transaction, loaded }) => ({ data: await listEnvironments(transaction, loaded.id) }),
  });

  route(api, {
    ...onWritablePack,
    extension: 'packs.environments',
    method: 'POST',
    path: `${PATH}/rebuild`,
    grant: 'packs:configure',
    ignoresBody: true,
    schema,
    handle: async ({ transaction, loaded }) => ({ data: await rebuildEnvironments(transaction, loaded.id) }),
  });
}
