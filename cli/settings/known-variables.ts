import { EXIT_CODES } from '../../contract/errors';
import { unknownVariables } from '../../contract/text/unknown-variables';
import { CommandError } from '../failures';

/** Throws CommandError, exit 2, for a variable of a platform that no code reads. */
export function requireKnownVariables(env: NodeJS.ProcessEnv): void {
  const sentences = unknownVariables(env, ['PLATFORM_']);
  if (sentences.length > 0)
    throw new CommandError(`${sentences.join('\n')}\nThe settings are in docs/settings.md`, EXIT_CODES.usage);
}
