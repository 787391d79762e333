import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `length` random letters and digits, lower case. */
export const randomName = (length: number): string =>
  Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/**
 * `/…/tier2/t2-01-nested-workflow.test.ts` is `t2-01`, `/…/systems/attack-webhooks.test.ts` is `attack_webhooks`: no file's
 * name and a dash are the beginning of another's.
 */
export function fileName(path: string): string {
  const [, scenario] = /([a-z]+\d*-\d+)-[^/\\]*\.test\.ts$/.exec(path) ?? [];
  const [, system] = /systems[/\\]([a-z0-9-]+)\.test\.ts$/.exec(path) ?? [];
  const name = scenario ?? system?.replaceAll('-', '_');
  if (name === undefined) throw new Error(`not the name of a scenario file: ${path}`);
  return name;
}

/** `e2e-7q2x-t2-01-`: what every name of a file begins with. */
export const prefixOf = (run: string, path: string): string => `e2e-${run}-${fileName(path)}-`;

/** `e2e-7q2x-t2-01-a-child-3fa91c`: run, file, test, part, nonce. A pack ref as it stands. */
export const nameFor = (run: string, path: string, id: string, part: string): string =>
  `${prefixOf(run, path)}${id.slice(-1)}-${part}-${randomName(6)}`;
