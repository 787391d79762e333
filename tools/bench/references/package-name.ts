import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { readJsonFile } from '../../../helpers/read-json-file';
import { repositoryRoot } from '../../../helpers/repository-root';

const Manifest = Type.Object({ version: Type.String() });

/** Name and version of an installed package. */
export function packageName(name: string): string {
  const { version } = readJsonFile(Manifest, join(repositoryRoot(), 'node_modules', name, 'package.json'));
  return `${name} ${version}`;
}
