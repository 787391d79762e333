import type { Requirement } from './requirement';

/** A name, extras, versions, a marker, hashes: what is looked up in the index that the platform is set to, and nothing else. */
const NAMED =
  /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[A-Za-z0-9._,\s-]*\])?\s*(\(?[<>=!~]=?[^;@$:/\\]*\)?)?\s*(;[^$]*?)?(\s--hash=\S+)*$/;

/** The lines of a `requirements.txt`, and the first that is no name with a version. */
export function readRequirements(text: string): { requirements: Requirement[]; refused: string | null } {
  const requirements: Requirement[] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const said = line.replace(/(^|\s)#.*$/, '').trim();
    if (said === '') continue;
    const [, name] = NAMED.exec(said) ?? [];
    if (name === undefined) return { requirements, refused: said };
    requirements.push({ name, text: said.replace(/\s--hash=\S+/g, '') });
  }
  return { requirements, refused: null };
}
