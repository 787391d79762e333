import { credentialVariables, findCredential } from '../../../../helpers/arms';

/** The user's key of an arm, from this environment; prints the variable, never the value. */
export function readCredential(selector: string): string {
  const found = findCredential(credentialVariables(selector), process.env);
  if (found === null) throw new Error(`${selector} has no key: the test needs credentials.user`);
  process.stdout.write(`${selector} has its key from ${found.variable}\n`);
  return found.value;
}
