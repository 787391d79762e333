import { InterpolationFault, interpolate, type ValueOf } from './interpolate';
import { isMap, Part, type ComposeText, type Findings, type Tree, type TreeMap } from './compose-part';

/** `x-process` and other keys of services that are not of compose: a shell replaces variables. */
const isExtension = (key: string, path: readonly string[]): boolean =>
  key.startsWith('x-') && path[0] === 'services' && path.length === 2;

/**
 * The value at the top of a compose file, its variables replaced. What cannot be replaced is noted
 * with its place.
 */
export function interpolated(text: ComposeText, valueOf: ValueOf, findings: Findings): Part {
  const raw = text.source.value as Tree;
  const at = (path: readonly string[]): string => {
    const { line, column } = text.source.positionOf(path);
    return `${text.path}:${line}:${column}`;
  };
  const scalar = (value: string, path: readonly string[]): string => {
    try {
      return interpolate(value, valueOf, (name) =>
        findings.notices.push(`${at(path)} the variable ${name} is not set, and replaced by nothing`),
      );
    } catch (error) {
      if (!(error instanceof InterpolationFault)) throw error;
      findings.faults.push(`${at(path)} ${error.message}`);
      return '';
    }
  };
  const walk = (value: Tree, path: readonly string[]): Tree => {
    if (typeof value === 'string') return scalar(value, path);
    if (value === null) return null;
    if (Array.isArray(value)) return value.map((item: Tree, n) => walk(item, [...path, String(n)]));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, Tree]) => [
        key,
        isExtension(key, path) ? item : walk(item, [...path, key]),
      ]),
    );
  };
  const value = isMap(raw) ? walk(onlyRead(raw), []) : raw;
  return new Part(text, [], value, raw, findings);
}

/** The rest of a file is for engines. */
const READ = ['include', 'services'];

const onlyRead = (file: TreeMap): Tree =>
  Object.fromEntries(Object.entries(file).filter(([key]) => READ.includes(key)));
