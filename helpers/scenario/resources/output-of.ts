import type { StreamName } from '../../../contract/executions';
import type { Context } from '../context';

/** All that the process of an ended execution wrote to this stream. */
export async function outputOf({ client }: Pick<Context, 'client'>, id: number, stream: StreamName): Promise<string> {
  let text = '';
  for await (const { event, data } of client.executions.logs(id, stream)) {
    if (event === 'error') throw new Error(`the ${stream} of execution ${id} cannot be read: ${data}`);
    if (event === 'content' || event === 'append') text += data;
  }
  return text;
}
