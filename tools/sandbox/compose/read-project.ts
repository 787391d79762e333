import { parseYamlTexts } from '../manifest/yaml-source';
import { didYouMean } from '../../../contract/text/closest-match';
import { directoryOf, joined } from '../path-text';
import { SandboxError } from '../sandbox-error';
import { parseEnvFile, type EnvFile } from './env-file';
import type { ValueOf } from './interpolate';
import { interpolated } from './variables';
import type { ComposeText, Findings, Part } from './compose-part';
import { mergeServices, type RawService } from './raw-service';
import { readService } from './read-service';
import type { RepositoryFiles } from './repository-files';

/** Variables of a file: `.env` gives what is not given from outside. */
type Scope = ReadonlyMap<string, string>;

/** The services of a compose file and of the files that it names, with what was found. */
export interface RawProject {
  readonly services: ReadonlyMap<string, RawService>;
  readonly findings: Findings;
  readonly valueOf: ValueOf;
  /** Of the files named `.env` alone. */
  readonly dotEnv: Scope;
}

/** A file, and the place that names it. */
interface NamedFile {
  readonly path: string;
  readonly at: string;
}

interface VariablesFile extends NamedFile {
  /** As of `parseEnvFile`. */
  readonly raw?: boolean;
}

/** Reads files of one repository, each once. */
export class ProjectReader {
  private readonly texts = new Map<string, readonly ComposeText[]>();

  constructor(private readonly repository: RepositoryFiles) {}

  /**
   * Reads a compose file. Throws SandboxError where it is no YAML; all else that is wrong is in
   * the findings, for what one stack cannot read another may.
   */
  read(path: string, given: Readonly<Record<string, string>>): RawProject {
    const findings: Findings = { faults: [], notices: [] };
    const outer = new Map(Object.entries(given));
    const dotEnv = this.dotEnv([joined(directoryOf(path), '.env'), '.env'], outer, findings);
    const valueOf = lookUp(outer, dotEnv);
    const services = this.files([{ path, at: path }], directoryOf(path), valueOf, findings, []);
    return { services, findings, valueOf, dotEnv };
  }

  /** The text of a file of the repository; a fault, and null, where there is none. */
  private readText(path: string, at: string, findings: Findings): string | null {
    const found = this.repository.read(path);
    if ('text' in found) return found.text;
    findings.faults.push(`${at} ${path} ${found.problem}`);
    return null;
  }

  has = (path: string): boolean => this.repository.has(path);

  /** The variables of a file, whose mistakes are faults. `at`: the place that names the file. */
  readVariables({ path, at, raw = false }: VariablesFile, valueOf: ValueOf, findings: Findings): EnvFile['values'] {
    const { values, faults } = parseEnvFile(this.readText(path, at, findings) ?? '', valueOf, raw);
    findings.faults.push(...faults.map(({ line, message }) => `${path}:${line} ${message}`));
    return values;
  }

  /** Earlier files win. */
  private dotEnv(paths: readonly string[], outer: Scope, findings: Findings): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of new Set(paths)) {
      if (!this.has(path)) continue;
      const values = this.readVariables({ path, at: path }, lookUp(outer, found), findings);
      for (const [name, value] of values) if (value !== undefined && !found.has(name)) found.set(name, value);
    }
    return found;
  }

  /** The services of merged files, later ones over earlier ones, and of what they include. */
  private files(
    paths: readonly NamedFile[],
    directory: string,
    valueOf: ValueOf,
    findings: Findings,
    above: readonly string[],
  ): Map<string, RawService> {
    const services = new Map<string, RawService>();
    for (const { path, at } of paths) {
      const tops = this.tops(path, valueOf, findings, above, at);
      for (const top of tops) {
        const include = top.child('include');
        const included = include ? this.included(include, directory, valueOf, findings, [...above, path]) : [];
        const names = new Set(included.map(([name]) => name));
        for (const [name, service] of included) services.set(name, service);
        for (const name of top.child('services')?.replacedKeys ?? []) services.delete(name);
        for (const [name, part] of top.child('services')?.entries('a map of services') ?? []) {
          if (names.has(name)) part.fault(`another name: an included file has the service ${name}`, null);
          const own = this.service(part, tops, directory, valueOf, findings, []);
          const base = services.get(name);
          services.set(name, base ? mergeServices(base, own) : own);
        }
      }
    }
    return services;
  }

  /** The tops of the documents of a file; none, and a fault, where there is none. */
  private tops(path: string, valueOf: ValueOf, findings: Findings, above: readonly string[], at: string): Part[] {
    if (above.includes(path)) {
      findings.faults.push(`${at} ${[...above, path].join(' includes ')}; right would be no circle`);
      return [];
    }
    const texts = this.parsed(path, at, findings);
    if (texts?.length === 0) findings.faults.push(`${path}:1:1 is empty; right would be a map with the key services`);
    return (texts ?? []).flatMap((text) => {
      for (const { line, column, message } of text.source.warnings)
        findings.faults.push(`${path}:${line}:${column} ${message}; right would be a value without it`);
      const top = interpolated(text, valueOf, findings);
      if (!top.isMap) return top.fault('a map with the key services', []);
      findings.faults.push(...misspeltKeys(text));
      return [top];
    });
  }

  /** The documents of a file, without empty ones; null where there is no file. */
  private parsed(path: string, at: string, findings: Findings): readonly ComposeText[] | null {
    const known = this.texts.get(path);
    if (known) return known;
    const content = this.readText(path, at, findings);
    if (content === null) return null;
    const sources = parseYamlTexts(content);
    if ('message' in sources)
      throw new SandboxError('COMPOSE_FILE_INVALID', `${path}:${sources.line}:${sources.column} ${sources.message}`);
    const given = sources.filter(({ value }) => value !== null);
    const texts = given.map((source) => ({ path, source }));
    this.texts.set(path, texts);
    return texts;
  }

  private included(
    include: Part,
    directory: string,
    valueOf: ValueOf,
    findings: Findings,
    above: readonly string[],
  ): [string, RawService][] {
    return include.items('a list of compose files').flatMap((item) => {
      item.onlyKeys(['path', 'project_directory', 'env_file']);
      const paths = pathsOf(item.isMap ? item.child('path') : item, item).map((path) => joined(directory, path));
      const [first] = paths;
      if (first === undefined) return [];
      const own = item.isMap ? item.child('project_directory') : null;
      const below = own ? joined(directory, own.string('a path') ?? '.') : directoryOf(first);
      const envFiles = item.isMap && item.child('env_file') ? pathsOf(item.child('env_file'), item) : null;
      const scope = this.scopeOf(envFiles?.map((path) => joined(directory, path)) ?? [joined(below, '.env')], valueOf, {
        findings,
        at: envFiles ? item.at : null,
      });
      const named = paths.map((path) => ({ path, at: item.at }));
      return [...this.files(named, below, scope, findings, above)];
    });
  }

  /** `at`: where the files are named, which then must exist. */
  private scopeOf(
    paths: readonly string[],
    outer: ValueOf,
    { findings, at }: { readonly findings: Findings; readonly at: string | null },
  ): ValueOf {
    const found = new Map<string, string>();
    for (const path of paths) {
      if (at === null && !this.has(path)) continue;
      const values = this.readVariables({ path, at: at ?? path }, outer, findings);
      for (const [name, value] of values) if (value !== undefined) found.set(name, value);
    }
    return (name) => outer(name) ?? found.get(name);
  }

  private service(
    part: Part,
    tops: readonly Part[],
    directory: string,
    valueOf: ValueOf,
    findings: Findings,
    above: readonly string[],
  ): RawService {
    const own = readService(part, directory);
    const key = `${part.text.path} ${part.path.join('/')}`;
    const extended = part.isMap ? part.child('extends') : null;
    if (!extended) return own;
    extended.onlyKeys(['service', 'file']);
    if (above.includes(key)) return extended.fault('a service that does not extend itself', own);
    const name = (extended.isMap ? extended.child('service') : extended)?.string('the name of a service') ?? null;
    const file = extended.isMap ? (extended.child('file')?.string('a path') ?? null) : null;
    if (name === null) return extended.isMap ? extended.fault('a map of service and file', own) : own;
    const path = file === null ? null : joined(directory, file);
    const others = path === null ? tops : this.tops(path, valueOf, findings, [], extended.at);
    if (others.length === 0) return own;
    const bases = others.flatMap((other) => other.child('services')?.child(name) ?? []);
    if (bases.length === 0) return extended.fault(`a service of ${others[0]!.text.path}`, own);
    const below = path === null ? directory : directoryOf(path);
    return [...bases.map((base) => this.service(base, others, below, valueOf, findings, [...above, key])), own].reduce(
      mergeServices,
    );
  }
}

/** Others are of newer versions of the format, and for engines. */
const TOP_KEYS = ['version', 'name', 'include', 'services', 'networks', 'volumes', 'configs', 'secrets', 'models'];

function misspeltKeys({ path, source }: ComposeText): string[] {
  return Object.keys(source.value as object).flatMap((key) => {
    if (TOP_KEYS.includes(key) || key.startsWith('x-')) return [];
    const similar = didYouMean(key, TOP_KEYS);
    const { line, column } = source.positionOf([key], 'key');
    return similar === '' ? [] : [`${path}:${line}:${column} no key ${key} in a compose file${similar}`];
  });
}

const lookUp =
  (...layers: readonly Scope[]): ValueOf =>
  (name) =>
    layers.find((layer) => layer.has(name))?.get(name);

function pathsOf(part: Part | null, around: Part): string[] {
  const expected = 'a path, or a list of paths';
  if (!part) return around.fault('a path, or a map with path', []);
  const items = part.isList ? part.items(expected) : [part];
  return items.flatMap((item) => {
    const path = item.string(expected, /\S/);
    if (path === null) return [];
    return /^\w+:\/\/|^git@|^oci:/.test(path)
      ? item.fault('a path below the root of the repository: processes start from no file of another host', [])
      : [path];
  });
}
