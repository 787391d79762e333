import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type Client } from '../client/client';
import { operationOf, type Operation } from '../client/operation';
import { renderTemplate } from '../render-template';

const TEMPLATE_FILE = 'helpers/docs/client.md.njk';

/** One verb of the client, such as `packs.get`, and its operation. */
export interface VerbRow {
  readonly name: string;
  readonly act: object;
  readonly operation: Operation;
}

/** Every verb of the client, in order of declaration. Throws for a verb without an operation. */
export function clientVerbs(client: Client): VerbRow[] {
  const resources = Object.entries(client).filter(([name]) => name !== 'request');
  return resources.flatMap(([resource, verbs]) =>
    Object.entries(verbs).map(([verb, act]: [string, object]) => {
      const name = `${resource}.${verb}`;
      const operation = operationOf(act);
      if (!operation) throw new Error(`${name} has no operation: define it with verb() or rootVerb()`);
      return { name, act, operation };
    }),
  );
}

/** The text of docs/client.md. */
export function renderClientTable(root: string): string {
  const verbs = clientVerbs(createClient({ baseUrl: 'http://nowhere.invalid' }));
  const python = verbs.flatMap(({ operation }) => operation.python).length;
  const template = readFileSync(join(root, TEMPLATE_FILE), 'utf8');
  return renderTemplate(template, { verbs, python });
}
