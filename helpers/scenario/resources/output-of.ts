import type { StreamName } from '../../../contract/executions';
import type { Client } from '../../client/client';
import type { Context } from '../context';

/**
 * All that the process of an ended execution wrote to this stream. A platform without a manifest
 * may end the stream of a log at once: its log is an artifact of the action.
 */
export async function outputOf(
  { client, facts }: { readonly client: Client; readonly facts: Pick<Context['facts'], 'instanceId'> },
  id: number,
  stream: StreamName,
): Promise<string> {
  let text = '';
  for await (const { event, data } of client.executions.logs(id, stream)) {
    if (event === 'error') throw new Error(`the ${stream} of execution ${id} cannot be read: ${data}`);
    if (event === 'content' || event === 'append') text += data;
  }
  return text === '' && facts.instanceId === null ? outputOfArtifact(client, id, stream) : text;
}

/** Empty where the execution has no such artifact: it wrote nothing. */
async function outputOfArtifact({ artifacts, executions }: Client, id: number, stream: StreamName): Promise<string> {
  const { action_ref } = await executions.get(id);
  const log = (await artifacts.ofExecution(id)).find(({ ref }) => ref === `${action_ref}.${stream}.log`);
  const version = log && (await artifacts.versions(log.id)).find(({ execution }) => execution === id);
  return log && version ? artifacts.downloadVersion(log.id, version.version) : '';
}
