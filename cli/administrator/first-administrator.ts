import { DEFAULT_USER, type FirstAdministrator } from '../../platform/store/identities/first-administrator';
import type { AdministratorPlan } from './plan-administrator';
import { createPasswordFile } from './password-file';
import { randomPassword } from './random-password';

/** A random password is in its file before it is in the database: no crash loses it. */
export function firstAdministrator({ isPasswordKnown, passwordFile }: AdministratorPlan): FirstAdministrator {
  if (isPasswordKnown) return { password: DEFAULT_USER.password };
  const password = randomPassword();
  return passwordFile === null
    ? { password }
    : { password, beforeCommit: () => createPasswordFile(passwordFile, password) };
}
