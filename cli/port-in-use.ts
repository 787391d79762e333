import { CommandError, isSystemError } from './failures';
import { describeHolder, findPortHolder, readIdentity } from './port-holder';

/**
 * The same error, or for a port of the API that is in use one that names what holds it: a platform
 * by its identity, so that no old one is taken for a new one.
 */
export async function withPortHolder(error: unknown): Promise<unknown> {
  if (!isSystemError(error) || error.code !== 'EADDRINUSE') return error;
  const { address, port } = error as { address?: string; port?: number };
  if (port === undefined) return error;
  const identity = await readIdentity(address ?? '', port);
  const holder =
    identity === null
      ? describeHolder(findPortHolder(address ?? '', port) ?? { pid: null })
      : `platform ${identity.instance_id}, pid ${identity.pid}, build ${identity.source ?? identity.version}`;
  const remedy = identity === null ? '' : `stop it with \`npx tuningfork down --port ${port}\`, or `;
  return new CommandError(
    `PORT_IN_USE: ${address}:${port} is held by ${holder}; ${remedy}use another --port, or 0 for a free one`,
  );
}
