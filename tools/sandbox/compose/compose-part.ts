import type { MergeTag, YamlSource } from '../manifest/yaml-source';

/** A value of a compose file: all scalars are texts. */
export type Tree = string | null | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly [key: string]: Tree;
}

/** What is wrong in a compose file, and what is not used; each with its place. */
export interface Findings {
  readonly faults: string[];
  readonly notices: string[];
}

/** A text of a repository that is a compose file. */
export interface ComposeText {
  /** Below the root of the repository. */
  readonly path: string;
  readonly source: YamlSource;
}

const MAX_SHOWN = 80;

/** A value of a compose file that knows where it stands. */
export class Part {
  /** `raw`: the value before its variables were replaced. */
  constructor(
    readonly text: ComposeText,
    readonly path: readonly string[],
    readonly value: Tree,
    readonly raw: Tree,
    private readonly findings: Findings,
  ) {}

  /** `e2e/compose.yml:3:5`. */
  get at(): string {
    const { line, column } = this.text.source.positionOf(this.path);
    return `${this.text.path}:${line}:${column}`;
  }

  /** Null where there is none, and where it is `!reset`. */
  child(key: string): Part | null {
    if (!isMap(this.value) || !Object.hasOwn(this.value, key)) return null;
    const child = this.below(key, this.value[key]!);
    return child.mergeTag === 'reset' ? null : child;
  }

  get mergeTag(): MergeTag | null {
    return this.text.source.mergeTagOf(this.path);
  }

  /** The keys whose values replace what they would be merged with, or remove it. */
  get replacedKeys(): string[] {
    if (!isMap(this.value)) return [];
    return Object.entries(this.value).flatMap(([key, value]) =>
      this.below(key, value).mergeTag === null ? [] : [key],
    );
  }

  /** A fault for each key of a map that is none of these, and no extension. */
  onlyKeys(keys: readonly string[]): void {
    if (!isMap(this.value)) return;
    for (const key of Object.keys(this.value)) {
      if (keys.includes(key) || key.startsWith('x-')) continue;
      this.below(key, this.value[key]!).fault(`no such key; it is one of ${keys.join(', ')}`, null);
    }
  }

  /**
   * The keys of a map with their values, but those of `!reset`; a fault and none for others.
   */
  entries(expected: string): (readonly [string, Part])[] {
    if (this.value === null) return [];
    if (!isMap(this.value)) return this.fault(expected, []);
    return Object.entries(this.value)
      .map(([key, value]) => [key, this.below(key, value)] as const)
      .filter(([, part]) => part.mergeTag !== 'reset');
  }

  /** The items of a list; a fault and none where it is no list. */
  items(expected: string): Part[] {
    if (this.value === null) return [];
    if (!isList(this.value)) return this.fault(expected, []);
    return this.value.map((value, n) => this.below(String(n), value));
  }

  /** The text of a scalar; a fault and null where it is none, or has another form. */
  string(expected: string, form = /^[^]*$/): string | null {
    if (typeof this.value === 'string' && form.test(this.value)) return this.value;
    return this.fault(expected, null);
  }

  /** Notes what is wrong, and goes on with something else. */
  fault<T>(expected: string, instead: T): T {
    const pointer = this.path.map((part) => `/${part}`).join('') || '/';
    const got = JSON.stringify(this.raw);
    const shown = got.length > MAX_SHOWN ? `${got.slice(0, MAX_SHOWN)}…` : got;
    this.findings.faults.push(`${this.at} ${pointer} got ${shown}, expected ${expected}`);
    return instead;
  }

  /** A scalar before its variables were replaced. */
  get rawText(): string {
    return typeof this.raw === 'string' ? this.raw : '';
  }

  get isList(): boolean {
    return isList(this.value);
  }

  get isMap(): boolean {
    return isMap(this.value);
  }

  private below(key: string, value: Tree): Part {
    const raw = isList(this.raw) ? this.raw[Number(key)] : isMap(this.raw) ? this.raw[key] : null;
    return new Part(this.text, [...this.path, key], value, raw ?? null, this.findings);
  }
}

const isList = (value: Tree): value is readonly Tree[] => Array.isArray(value);

export const isMap = (value: Tree): value is TreeMap => typeof value === 'object' && value !== null && !isList(value);
