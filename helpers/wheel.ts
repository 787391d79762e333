import { createHash } from 'node:crypto';
import { zipOf } from './zip';

/** A Python package of one module, in plain Python. */
export interface PythonPackage {
  /** As a requirement names it. */
  name: string;
  version: string;
  /** Source of the module, which is called as the package with `_` for `-`. */
  source: string;
}

export const moduleOf = (name: string): string => name.replaceAll('-', '_');

export const wheelName = ({ name, version }: PythonPackage): string => `${moduleOf(name)}-${version}-py3-none-any.whl`;

/** A wheel, as pip and uv install it: the module, and what the format wants to know of it. */
export function wheelOf(wanted: PythonPackage): Buffer {
  const { name, version, source } = wanted;
  const about = `${moduleOf(name)}-${version}.dist-info`;
  const files = new Map([
    [`${moduleOf(name)}/__init__.py`, source],
    [`${about}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`],
    [`${about}/WHEEL`, 'Wheel-Version: 1.0\nGenerator: tuningfork\nRoot-Is-Purelib: true\nTag: py3-none-any\n'],
  ]);
  const record = `${about}/RECORD`;
  const lines = [...files].map(([path, text]) => `${path},sha256=${hashOf(text)},${Buffer.byteLength(text)}`);
  files.set(record, `${[...lines, `${record},,`].join('\n')}\n`);
  return zipOf(files);
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
