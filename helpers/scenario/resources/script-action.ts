import type { Context } from '../context';
import type { Parameters } from './workflow-task';

/** Creates an action of this pack whose entry point is a shell script. Returns its ref. */
export async function createScriptAction(
  { client, name }: Pick<Context, 'client' | 'name'>,
  pack_ref: string,
  entrypoint: string,
  param_schema?: Parameters,
): Promise<string> {
  const ref = `${pack_ref}.${name('script')}`;
  const script = { runtime_ref: 'core.shell', entrypoint, ...(param_schema && { param_schema }) };
  await client.actions.create({ ref, pack_ref, label: 'script', ...script });
  return ref;
}
