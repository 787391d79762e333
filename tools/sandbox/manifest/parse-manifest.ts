import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import { CHECK_SECONDS, Manifest, type HealthCheck } from './manifest';
import { ManifestError, type ManifestCode, type ManifestProblem } from './manifest-problem';
import { parseYamlSource, type YamlSource } from './yaml-source';

/** The text of a manifest, and every problem of its values. */
export interface CheckedManifest {
  readonly source: YamlSource;
  readonly problems: readonly ManifestProblem[];
}

/**
 * Checks the text of a manifest, but not the files that it names. Throws ManifestError where it is
 * no map; `file` is named in it.
 */
export function checkManifest(text: string, file: string): CheckedManifest {
  const source = parseYamlSource(text);
  if ('message' in source) {
    const { line, column, message } = source;
    throw new ManifestError(file, [{ code: 'MANIFEST_YAML', path: '', line, column, got: message, expected: 'YAML' }]);
  }
  const { value } = source;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ManifestError(file, [problem(source, 'MANIFEST_NOT_MAPPING', [], value, 'a map of keys')]);
  return { source, problems: [...schemaProblems(source), ...duplicateNames(source)] };
}

/**
 * Adds the defaults. `checkSeconds`: for a check that names no limit; it has no more than the
 * manifest has.
 */
export function withDefaults({ value }: YamlSource, checkSeconds = CHECK_SECONDS): Manifest {
  const { health_checks: checks = [], ...rest } = value as Partial<Manifest>;
  const most = Math.min(checkSeconds, rest.timeout ?? checkSeconds);
  const limited = checks.map((check) => ({
    ...check,
    timeout: (check as Partial<HealthCheck>).timeout ?? most,
  }));
  return Value.Default(Manifest, { ...rest, health_checks: limited }) as Manifest;
}

export function problem(
  source: YamlSource,
  code: ManifestCode,
  path: readonly string[],
  got: unknown,
  expected: string,
): ManifestProblem {
  const position = source.positionOf(path, code === 'MANIFEST_UNKNOWN_KEY' ? 'key' : 'value');
  const text = got === undefined ? {} : { got: shown(got) };
  return { code, path: path.map((part) => `/${part}`).join(''), ...position, ...text, expected };
}

const MAX_SHOWN = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** The first problem of each value: what is wrong with a value's parts follows from it. */
function schemaProblems(source: YamlSource): ManifestProblem[] {
  const complete = Value.Default(Manifest, structuredClone(source.value));
  const first = new Map<string, ValueError>();
  for (const error of Value.Errors(Manifest, complete)) if (!first.has(error.path)) first.set(error.path, error);
  return [...first.values()].map((error) => {
    const path = error.path.split('/').slice(1);
    const code = codeOf(path, error);
    if (code === 'MANIFEST_UNKNOWN_KEY') return problem(source, code, path, path.at(-1), `one of ${keysAt(path)}`);
    return problem(source, code, path, error.value, error.schema.description ?? error.message);
  });
}

function keysAt(path: readonly string[]): string {
  const { properties } = path[0] === 'health_checks' ? Manifest.properties.health_checks.items : Manifest;
  return Object.keys(properties).join(', ');
}

const TOP_CODES: Readonly<Record<string, ManifestCode>> = {
  name: 'MANIFEST_NAME',
  compose_file: 'MANIFEST_COMPOSE_FILE',
  test_command: 'MANIFEST_TEST_COMMAND',
  timeout: 'MANIFEST_TIMEOUT',
  junit: 'MANIFEST_JUNIT',
  disk_limit: 'MANIFEST_DISK_LIMIT',
  cleanup: 'MANIFEST_CLEANUP',
  closes: 'MANIFEST_CLOSES',
};
const CHECK_CODES: Readonly<Record<string, ManifestCode>> = {
  name: 'MANIFEST_CHECK_NAME',
  url: 'MANIFEST_CHECK_URL',
  timeout: 'MANIFEST_TIMEOUT',
};

function codeOf([top = '', , inner]: readonly string[], { type }: ValueError): ManifestCode {
  if (type === ValueErrorType.ObjectAdditionalProperties) return 'MANIFEST_UNKNOWN_KEY';
  if (top !== 'health_checks') return TOP_CODES[top]!;
  return (inner !== undefined && CHECK_CODES[inner]) || 'MANIFEST_HEALTH_CHECKS';
}

/** Each name of a check that an earlier one has. */
function duplicateNames(source: YamlSource): ManifestProblem[] {
  const { health_checks: checks } = source.value as { health_checks?: unknown };
  if (!Array.isArray(checks)) return [];
  const names = checks.map((check) => (check as { name?: unknown } | null)?.name);
  return names.flatMap((name, n) => {
    if (typeof name !== 'string' || names.indexOf(name) === n) return [];
    return [problem(source, 'MANIFEST_CHECK_NAME', ['health_checks', `${n}`, 'name'], name, 'a name of its own')];
  });
}
