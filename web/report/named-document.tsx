import type { Json } from '../../contract/json';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { JsonTree } from '../components/json-tree';
import { NamedText } from './named-text';

interface Props {
  readonly name: string;
  /** JSON, which a replaced secret may have broken; undefined: it is not known. */
  readonly json: string | undefined;
}

/** A document below its name; nothing where there is none. */
export function NamedDocument({ name, json }: Props) {
  if (json === undefined || json === 'null') return null;
  const document = parsed(json);
  if (document === undefined) return <NamedText name={name} text={json} />;
  return (
    <>
      <h4>{name}</h4>
      <JsonTree value={document} label={name} />
    </>
  );
}

function parsed(json: string): Json | undefined {
  try {
    return parseJsonText(json) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
