import { unknownVariables } from '../../contract/text/unknown-variables';
import { usageError } from '../failures';

/** The environment. Throws CommandError, exit 2, for a variable that no code reads. */
export function knownVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const sentences = unknownVariables(env, ['PLATFORM_']);
  if (sentences.length > 0) throw usageError(`${sentences.join('\n')}\nThe settings are in docs/settings.md`);
  return env;
}
