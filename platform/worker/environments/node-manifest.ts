import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { textOrJson } from '../../../contract/json-text/text-or-json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Requirement } from './failing-requirement';

/** What a `package.json` says about the packages that a program needs. */
interface NodeManifest {
  /** What npm gets: no packages for development, and no field that is not about packages. */
  readonly production: ProductionManifest;
  readonly requirements: readonly Requirement[];
  /** Peers that no registry has, as `name@version`: a program that is no package has no host. */
  readonly leftOut: readonly string[];
}

interface ProductionManifest {
  readonly dependencies: JsonObject;
  readonly optionalDependencies: JsonObject;
  readonly peerDependencies: JsonObject;
  readonly peerDependenciesMeta: JsonObject;
  readonly overrides: JsonObject;
}

/** A part of a manifest that is refused, and what would be right. */
export interface RefusedPart {
  readonly part: string;
  readonly remedy: string;
}

/** Exactly one is null. */
export type ReadManifest =
  | { readonly manifest: NodeManifest; readonly refused: null }
  | { readonly manifest: null; readonly refused: RefusedPart };

const WORKSPACES_REMEDY =
  'a pack is one package: bundle what it needs of the others, or publish them and give their versions';

/** Refuses what does not come from a registry, before npm asks one for anything. */
export function readNodeManifest(text: string): ReadManifest {
  const manifest = parse(text);
  if (typeof manifest === 'string') return refuse(manifest, 'give an object of JSON');
  if (manifest.workspaces !== undefined) return refuse('workspaces', WORKSPACES_REMEDY);
  const fields = packageFields(manifest);
  if (typeof fields === 'string') return refuse(fields, 'give an object');
  const untyped = [fields.dependencies, fields.optionalDependencies, fields.peerDependencies]
    .flatMap((group) => Object.entries(group))
    .find(([, version]) => typeof version !== 'string');
  if (untyped) return refuse(`${untyped[0]}@${writeJson(untyped[1])}`, 'give a version as a text');
  const needed = [...requirementsOf(fields.dependencies), ...requirementsOf(fields.optionalDependencies)];
  const outside = [...needed, ...overridesOf(fields.overrides)].find(isOutsideRegistry);
  if (outside) return refuse(outside.text, 'give a registry version');
  const peers = requirementsOf(fields.peerDependencies);
  const leftOut = peers.filter(isOutsideRegistry);
  const names = new Set(leftOut.map(({ name }) => name));
  const peerDependencies = Object.fromEntries(
    Object.entries(fields.peerDependencies).filter(([name]) => !names.has(name)),
  );
  const requirements = [...needed, ...peers.filter(({ name }) => !names.has(name))];
  const production = { ...fields, peerDependencies };
  return { manifest: { production, requirements, leftOut: leftOut.map((peer) => peer.text) }, refused: null };
}

const refuse = (part: string, remedy: string): ReadManifest => ({ manifest: null, refused: { part, remedy } });

/** A text: what is wrong. */
function parse(text: string): JsonObject | string {
  try {
    const manifest = parseJsonText(text) as Json;
    return isObject(manifest) ? manifest : 'what is no object';
  } catch (error) {
    return `what is not JSON (${(error as SyntaxError).message})`;
  }
}

/** A text: the field that is no object. */
function packageFields(manifest: JsonObject): ProductionManifest | string {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
    overrides = {},
  } = manifest;
  const fields = { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta, overrides };
  const invalid = Object.entries(fields).find(([, field]) => !isObject(field));
  return invalid === undefined ? (fields as ProductionManifest) : invalid[0];
}

const requirementsOf = (group: JsonObject): Requirement[] =>
  Object.entries(group).map(([name, version]) => ({
    name,
    text: `${name}@${textOrJson(version)}`,
  }));

/** Versions of packages that packages need, at any depth; `$name` is that of a requirement. */
const overridesOf = (overrides: JsonObject): Requirement[] =>
  Object.entries(overrides).flatMap(([name, version]) =>
    isObject(version) ? overridesOf(version) : requirementsOf({ [name]: version }),
  );

/** A repository, a URL, a path or an archive: anything but a version, a range or a tag. */
const isOutsideRegistry = ({ text }: Requirement): boolean =>
  /[:/\\]|^\.|\.(?:tgz|tar|tar\.gz)$/i.test(text.replace(/^@?[^@]+@/, '').replace(/^npm:(@[^/]+\/)?/, ''));
