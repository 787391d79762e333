import type { JsonObject } from '../../../contract/json';
import { templateTaint } from '../rule-parameters/template-taint';
import { schemaTaint, undeclaredSecretPaths } from '../secrets/schema-taint';
import { taintFromMembers } from '../secrets/taint';

/**
 * Parameters that would get a secret of the pack's configuration and are not declared secret, as
 * paths.
 */
export const undeclaredQueueSecrets = (
  actionParams: JsonObject,
  configSchema: JsonObject,
  paramSchema: JsonObject | null,
): string[] =>
  undeclaredSecretPaths(
    paramSchema,
    templateTaint(actionParams, taintFromMembers([['config', schemaTaint(configSchema)]])),
  );
