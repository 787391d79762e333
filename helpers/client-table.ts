import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, type Client } from './client/client';
import { operationOf, type Operation } from './client/operation';
import { renderTemplate } from './template';

const FILE = 'docs/client.md';
const TEMPLATE = 'helpers/templates/client.md.njk';

/** One verb of the client: `packs.get`, and what it asks of the server. */
export interface VerbRow {
  readonly name: string;
  readonly operation: Operation;
}

/** Every verb, by resource, as declared. Throws where one carries no operation. */
export function verbsOf(client: Client): VerbRow[] {
  const resources = Object.entries(client).filter(([name]) => name !== 'request');
  return resources.flatMap(([resource, verbs]) =>
    Object.entries(verbs).map(([verb, act]: [string, object]) => {
      const name = `${resource}.${verb}`;
      const operation = operationOf(act);
      if (!operation) throw new Error(`${name} carries no operation: declare it with verb() or rootVerb()`);
      return { name, operation };
    }),
  );
}

function renderTable(root: string): string {
  const verbs = verbsOf(createClient({ baseUrl: 'http://nowhere.invalid' }));
  const python = verbs.flatMap(({ operation }) => operation.python).length;
  const template = readFileSync(join(root, TEMPLATE), 'utf8');
  return renderTemplate(template, { verbs, python });
}

/** Writes docs/client.md below `root`; with `check` only compares, and throws where it is out of date. */
export function writeClientTable(root: string, { check }: { check: boolean }): void {
  const path = join(root, FILE);
  const text = renderTable(root);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (check) throw new Error(`${FILE} is out of date: run \`npx tuningfork client-table\``);
  writeFileSync(path, text);
}
