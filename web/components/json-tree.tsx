import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Json } from '../../contract/json';
import { writeJson } from '../../contract/json-text/write-json';
import { CopyButton } from './copy-button';
import { CutText } from './cut-text';
import { isRedacted } from './redacted';

/** So many members are shown at once. */
const SHOWN_MEMBERS = 100;
/** Deeper values, and those with more members, are closed at first. */
const OPEN = { depth: 2, members: 30 };

interface Props {
  readonly value: Json;
  /** What it is: `Output`. */
  readonly label: string;
}

/** A document as a tree, whose objects and lists open and close; it can be copied. */
export const JsonTree = ({ value, label }: Props) => (
  <div class="json" role="group" aria-label={label}>
    <CopyButton text={() => writeJson(value, 2)} label={`Copy ${label.toLowerCase()}`} />
    <Value value={value} depth={0} />
  </div>
);

interface ValueProps {
  readonly value: Json;
  readonly depth: number;
  /** Of a member: its name or position. */
  readonly name?: string;
}

function Value({ value, depth, name }: ValueProps) {
  const key = name === undefined ? null : <span class="key">{name}: </span>;
  if (typeof value === 'object' && value !== null && !isRedacted(value)) {
    const members = Array.isArray(value)
      ? value.map((member, at): [string, Json] => [String(at), member])
      : Object.entries(value);
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    if (members.length > 0) return <Branch start={key} members={members} depth={depth} brackets={`${open}${close}`} />;
    return (
      <div>
        {key}
        <span class="faint">
          {open}
          {close}
        </span>
      </div>
    );
  }
  return (
    <div>
      {key}
      <Scalar value={value} />
    </div>
  );
}

function Scalar({ value }: { readonly value: Json }) {
  if (typeof value === 'string') return <CutText text={value} quote='"' />;
  if (isRedacted(value)) return <span class="faint">a secret</span>;
  return <span class="scalar">{writeJson(value)}</span>;
}

interface BranchProps {
  readonly start: ComponentChildren;
  readonly members: readonly (readonly [string, Json])[];
  readonly depth: number;
  readonly brackets: string;
}

function Branch({ start, members, depth, brackets }: BranchProps) {
  const [isOpen, setOpen] = useState(depth === 0 || (depth < OPEN.depth && members.length <= OPEN.members));
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? members : members.slice(0, SHOWN_MEMBERS);
  const isList = brackets === '[]';
  const count = `${members.length} ${isList ? 'item' : 'member'}${members.length === 1 ? '' : 's'}`;
  return (
    <div>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <span aria-hidden="true">{isOpen ? '▾' : '▸'} </span>
        {start}
        <span class="faint">
          {isList ? 'list' : 'object'}, {count}
        </span>
      </button>
      {isOpen && (
        <div class="members">
          {shown.map(([name, value]) => (
            <Value key={name} name={name} value={value} depth={depth + 1} />
          ))}
          {shown.length < members.length && (
            <button type="button" onClick={() => setWhole(true)}>
              Show all {members.length}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
