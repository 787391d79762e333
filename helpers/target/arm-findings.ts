import type { Env } from '../../contract/environment';
import type { CapabilityManifest } from '../../contract/capabilities';
import type { RuntimeManifest } from '../../contract/runtime-manifest';
import { allSelectors, credentialVariables, findCredential, resolveArm, runtimeOf, selectedArms } from '../arms';
import type { Finding, Findings } from './finding';

/** The need of a test of an arm. */
export const armNeed = (selector: string): string => `${ARM_PREFIX}${selector}`;
export const ARM_PREFIX = 'arms.';
/** The need of a test with a key of the user. */
const USER_CREDENTIALS = 'credentials.user';

/** Whether the need is one of `armFindings`: the host and the run decide about it. */
export const isArmFinding = (need: string): boolean => need.startsWith(ARM_PREFIX) || need === USER_CREDENTIALS;

/**
 * What decides about each arm: `E2E_RUNTIME`, and the runtimes of the target's workers. Throws
 * ArmUnknown.
 */
export function armFindings(env: Env, target: CapabilityManifest | null, runtimes: RuntimeManifest): Findings {
  const selected = new Set(selectedArms(env).map(({ runtime, template }) => runtime ?? template));
  const findingOf = (name: string): Finding => {
    if (!selected.has(name)) return { isProven: false, reason: `E2E_RUNTIME=${env.E2E_RUNTIME}` };
    return isInstalled(name, target, runtimes) ? { isProven: true } : { isProven: false, reason: 'no worker has it' };
  };
  return Object.fromEntries([
    ...allSelectors(runtimes).map((name) => [armNeed(name), findingOf(name)] as const),
    [USER_CREDENTIALS, credentialFinding(env)],
  ]);
}

/** An external runtime is none of the host; a template needs that of its runtime. */
function isInstalled(name: string, target: CapabilityManifest | null, runtimes: RuntimeManifest): boolean {
  const arm = resolveArm(name, runtimes);
  return arm.kind === 'external' || target?.capabilities[`workers.runtimes.${runtimeOf(arm, runtimes)}`] !== undefined;
}

function credentialFinding(env: Env): Finding {
  const names = credentialVariables('shell+user');
  return findCredential(names, env)
    ? { isProven: true }
    : { isProven: false, reason: `neither ${names.join(' nor ')} is set` };
}
