import { interpolate, InterpolationFault, type ValueOf } from './interpolate';

/** What is wrong in a file of variables. */
interface EnvFileFault {
  readonly line: number;
  readonly message: string;
}

/** The variables of a file, in its order; undefined: the value is that of the host. */
export interface EnvFile {
  readonly values: ReadonlyMap<string, string | undefined>;
  readonly faults: readonly EnvFileFault[];
}

const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*/y;
const SKIPPED = /(?:[ \t]*(?:#[^\n]*)?\r?\n)+/y;
const SINGLE_QUOTED = /'([^']*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\]|\\[^])*)"/y;
const PLAIN = /[^\r\n]*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', $: '$$' };

/**
 * Reads lines of NAME=VALUE as engines do: with comments, `export`, values in quotes over many
 * lines, and variables in all but single quotes. `raw`: each line is a value as it stands.
 */
export function parseEnvFile(text: string, valueOf: ValueOf, raw = false): EnvFile {
  const values = new Map<string, string | undefined>();
  const faults: EnvFileFault[] = [];
  const content = `${text.replace(/^\uFEFF/, '')}\n`;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(content);
    if (found) at = pattern.lastIndex;
    return found;
  };
  while ((take(SKIPPED), at < content.length)) {
    const line = content.slice(0, at).split('\n').length;
    const name = take(NAME)?.[1];
    const isGiven = content[at] === '=' || content[at] === ':';
    if (name !== undefined && isGiven) {
      at += 1;
      const known = (each: string) => values.get(each) ?? valueOf(each);
      const value = raw ? take(PLAIN)![0] : valueAt(take, known);
      if (value instanceof InterpolationFault) faults.push({ line, message: value.message });
      else values.set(name, value);
    } else if (name !== undefined && /[\r\n]/.test(content[at]!)) values.set(name, undefined);
    else {
      take(PLAIN); // not shown: it may be a line of a secret
      faults.push({ line, message: 'is no line of the form NAME=VALUE' });
    }
    take(/[ \t]*(?:#[^\n]*)?\r?/y);
    if (content[at] !== '\n') {
      faults.push({ line, message: `text follows the value of ${name ?? 'a line'}` });
      take(PLAIN);
    }
  }
  return { values, faults };
}

function valueAt(take: (pattern: RegExp) => RegExpExecArray | null, valueOf: ValueOf): string | InterpolationFault {
  take(/[ \t]*/y);
  const single = take(SINGLE_QUOTED);
  if (single) return single[1]!;
  const double = take(DOUBLE_QUOTED);
  const text = double
    ? double[1]!.replace(/\\([^])/g, (all, letter: string) => ESCAPES[letter] ?? all)
    : take(PLAIN)![0]
        .replace(/(?:^|[ \t]+)#.*$/, '')
        .trimEnd();
  try {
    return interpolate(text, valueOf);
  } catch (error) {
    if (error instanceof InterpolationFault) return error;
    throw error;
  }
}
