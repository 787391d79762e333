/** The host of a run, and why it is this one: the option, else SANDBOX_HOST, else this host. */
export function selectHost(option: string | undefined): { readonly host: string; readonly reason: string } {
  if (option !== undefined) return { host: option, reason: 'from --host' };
  const variable = process.env.SANDBOX_HOST;
  if (variable) return { host: variable, reason: 'from SANDBOX_HOST' };
  return { host: 'local', reason: 'neither --host nor SANDBOX_HOST names another' };
}

/** The configuration file of the ssh client in the place of the user's own. */
export const sshConfig = (): string | null => process.env.SANDBOX_SSH_CONFIG || null;
