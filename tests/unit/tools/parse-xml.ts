import { execFileSync } from 'node:child_process';

export interface ParsedElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly ParsedElement[];
}

const PROGRAM = `
import json, sys, xml.etree.ElementTree as tree
def element(e):
    return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [element(c) for c in e]}
print(json.dumps(element(tree.fromstring(sys.stdin.buffer.read()))))`;

/** Parses a document with Python's parser. Throws if it is not well-formed. */
export const parseXml = (document: string): ParsedElement =>
  JSON.parse(execFileSync('python3', ['-c', PROGRAM], { input: document, encoding: 'utf8' })) as ParsedElement;
