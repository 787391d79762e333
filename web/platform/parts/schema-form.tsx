import type { RefObject, TargetedClipboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../contract/json';
import { textOrJson } from '../../../contract/json-text/text-or-json';
import { writeJson } from '../../../contract/json-text/write-json';
import { isRedacted } from '../../components/redacted';
import { ApiFailure } from '../api-failure';
import {
  fieldsOf,
  isTemplate,
  placeErrors,
  readJson,
  readObject,
  textsOf,
  valuesOf,
  type Field,
  type Read,
  type Texts,
  type ValueOptions,
} from './schema-fields';

interface Options extends ValueOptions {
  /** Null: any JSON value, which is typed as text. */
  readonly schema: JsonObject | null;
  /** Values of its properties, instead of their defaults. */
  readonly given?: JsonObject;
  /** What the paths of the API's errors start with: `/parameters`. */
  readonly root: string;
}

/** A form made of a schema, and what is typed into it. */
export interface SchemaFormModel {
  readonly fields: readonly Field[];
  readonly texts: Texts;
  /** The text of the whole document; null: it is given by fields. */
  readonly json: string | null;
  readonly errors: ReadonlyMap<string, string>;
  /** Of the document as a whole. */
  readonly others: readonly string[];
  readonly box: RefObject<HTMLDivElement | null>;
  readonly keepsSecrets: boolean;
  /** Whether something has been typed. */
  readonly isChanged: boolean;
  type(name: string, text: string): void;
  typeJson(text: string): void;
  /** Fields become one text, and the text fields again, if it can be read. */
  switchMode(): void;
  /** The document; undefined: there are errors, and the first wrong field is focused. */
  read(): Json | undefined;
  /** Puts the errors of a rejected request beside their fields. Returns what has no place there. */
  reject(error: unknown): unknown;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The state of a form. A form for another schema has another `key`. */
export function useSchemaForm({ schema, given = {}, root, ...options }: Options): SchemaFormModel {
  const [fields, setFields] = useState(() => fieldsOf(schema, schema === null ? {} : given));
  const [texts, setTexts] = useState(() => textsOf(fields, given, options));
  const [json, setJson] = useState<string | null>(() => (fields.length > 0 ? null : schema === null ? '' : '{}'));
  const first = useRef({ texts, json });
  const [errors, setErrors] = useState(NONE);
  const [others, setOthers] = useState<readonly string[]>([]);
  const box = useRef<HTMLDivElement>(null);
  const isFocusDue = useRef(false);
  useEffect(() => {
    if (!isFocusDue.current) return;
    isFocusDue.current = false;
    box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });

  const show = (placed: ReadonlyMap<string, string>, rest: readonly string[]): void => {
    setErrors(placed);
    setOthers(rest);
    isFocusDue.current = placed.size > 0 || rest.length > 0;
  };
  const read = (): Json | undefined => {
    if (json !== null) {
      const parsed = readDocument(schema, json, options);
      show(NONE, 'error' in parsed ? [parsed.error] : []);
      return 'error' in parsed ? undefined : parsed.value;
    }
    const found = valuesOf(fields, texts, options);
    show('errors' in found ? found.errors : NONE, []);
    return 'errors' in found ? undefined : found.values;
  };
  return {
    fields,
    texts,
    json,
    errors,
    others,
    box,
    keepsSecrets: options.keepsSecrets ?? false,
    isChanged: texts !== first.current.texts || json !== first.current.json,
    read,
    type: (name, text) => setTexts((before) => ({ ...before, [name]: text })),
    typeJson: setJson,
    switchMode: () => {
      const value = read();
      if (value === undefined) return;
      if (json === null) return setJson(writeJson(value, 2));
      const changed = fieldsOf(schema, value as JsonObject);
      setFields(changed);
      const withoutPresets = changed.map((field) => ({ ...field, preset: undefined }));
      setTexts(textsOf(withoutPresets, value as JsonObject, options));
      setJson(null);
    },
    reject: (error) => {
      if (!(error instanceof ApiFailure) || error.fields.length === 0) return error;
      const { placed, others: rest } = placeErrors(json === null ? fields : [], root, error.fields);
      show(placed, rest);
      return null;
    },
  };
}

function readDocument(schema: JsonObject | null, text: string, { keepsSecrets }: ValueOptions): Read<Json> {
  if (schema === null) return readJson(text, keepsSecrets);
  return text.trim() === '' ? { value: {} } : readObject(text, keepsSecrets);
}

interface Props {
  readonly form: SchemaFormModel;
  /** What the document is: `Parameters`. */
  readonly legend: string;
  /** Whether it can be given as a JSON text. */
  readonly canBeJson?: boolean;
}

/** The fields of a schema, or its document as a JSON text. It is a part of the caller's form. */
export function SchemaForm({ form, legend, canBeJson = true }: Props) {
  const id = useId();
  const { fields, json, others, box } = form;
  return (
    <div class="schema-form" ref={box}>
      <div class="schema-head">
        <h2 id={id}>{legend}</h2>
        {canBeJson && fields.length > 0 && (
          <label class="check">
            <input type="checkbox" checked={json !== null} onChange={form.switchMode} /> as JSON
          </label>
        )}
      </div>
      {json === null ? (
        <div class="form" role="group" aria-labelledby={id}>
          {fields.map((field) => (
            <SchemaField key={field.name} field={field} form={form} />
          ))}
        </div>
      ) : (
        <textarea
          class="code"
          rows={Math.min(24, Math.max(6, json.split('\n').length + 1))}
          spellcheck={false}
          aria-labelledby={id}
          aria-invalid={others.length > 0}
          value={json}
          onInput={({ currentTarget }) => form.typeJson(currentTarget.value)}
        />
      )}
      {others.length > 0 && (
        <ul class="wrong" role="alert">
          {others.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly form: SchemaFormModel;
}

function SchemaField({ field, form }: FieldProps) {
  const id = useId();
  const { name, isRequired, description } = field;
  const error = form.errors.get(name);
  const notes = [description, emptyNote(field, form.keepsSecrets)].filter(Boolean).join(' · ');
  const control = {
    id,
    'aria-describedby': `${id}-kind ${id}-notes ${id}-error`,
    'aria-invalid': error !== undefined,
    'aria-required': isRequired,
  };
  return (
    <div class="schema-field">
      <div class="schema-label">
        <label for={id}>{name}</label> {isRequired && <span class="required">required</span>}{' '}
        <span class="kind" id={`${id}-kind`}>
          {kindText(field)}
        </span>
      </div>
      <Control field={field} text={form.texts[name] ?? ''} type={(text) => form.type(name, text)} control={control} />
      {notes !== '' && (
        <p class="notes" id={`${id}-notes`}>
          {notes}
        </p>
      )}
      <p class="wrong" id={`${id}-error`}>
        {error}
      </p>
    </div>
  );
}

const kindText = ({ kind, type, isSecret }: Field): string => {
  const text =
    kind === 'json'
      ? [{ array: 'list', object: 'object' }[type], 'JSON'].filter(Boolean).join(', ')
      : { text: 'text', integer: 'whole number', number: 'number', boolean: '', choice: '' }[kind];
  return isSecret ? `secret ${text}` : text;
};

/** What applies where the field is empty. A text is sent as it is, and a choice always is one. */
function emptyNote({ kind, preset, isSecret, redacted }: Field, keepsSecrets: boolean): string {
  if (redacted !== undefined && keepsSecrets) return 'empty: the present value, which is secret';
  if (preset === undefined || preset === null || kind === 'boolean' || kind === 'choice' || kind === 'text')
    return isRedacted(preset) ? 'empty: the default, which is secret' : '';
  if (isSecret || isRedacted(preset)) return 'empty: the default, which is secret';
  const text = writeJson(preset);
  return `empty: ${text.length > 60 ? 'the default' : text}`;
}

interface ControlProps {
  readonly field: Field;
  readonly text: string;
  type(text: string): void;
  readonly control: {
    readonly id: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid': boolean;
    readonly 'aria-required': boolean;
  };
}

function Control({ field, text, type, control }: ControlProps) {
  const { kind, isSecret, isRequired, preset, choices } = field;
  if (isSecret && kind !== 'json') return <SecretControl text={text} type={type} control={control} />;
  const hasOptions = (kind === 'choice' || kind === 'boolean') && !isTemplate(text);
  if (hasOptions && kind === 'boolean' && typeof preset === 'boolean')
    return (
      <input
        {...control}
        type="checkbox"
        checked={text === 'true'}
        onChange={({ currentTarget }) => type(String(currentTarget.checked))}
      />
    );
  if (hasOptions) {
    const options = kind === 'choice' ? choices : [true, false];
    return (
      <select {...control} value={text} onChange={({ currentTarget }) => type(currentTarget.value)}>
        <option value="">{isRequired ? 'choose' : 'not given'}</option>
        {options.map((choice) => (
          <option key={writeJson(choice)} value={writeJson(choice)}>
            {textOrJson(choice)}
          </option>
        ))}
      </select>
    );
  }
  if (kind !== 'number' && kind !== 'integer')
    return (
      <textarea
        {...control}
        class={kind === 'json' ? 'code' : ''}
        rows={Math.min(16, text.split('\n').length)}
        spellcheck={kind === 'text'}
        value={text}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    );
  return (
    <input
      {...control}
      inputMode={kind === 'integer' ? 'numeric' : 'decimal'}
      autocomplete="off"
      value={text}
      onInput={({ currentTarget }) => type(currentTarget.value.trim())}
    />
  );
}

/** A secret of several lines, as a private key, can be pasted: it is then shown. */
function SecretControl({ text, type, control }: Omit<ControlProps, 'field'>) {
  const [isShown, setShown] = useState(false);
  const paste = (event: TargetedClipboardEvent<HTMLInputElement>): void => {
    const pasted = event.clipboardData?.getData('text') ?? '';
    if (!pasted.includes('\n')) return;
    event.preventDefault(); // the field would remove the line ends
    setShown(true);
    type(pasted);
  };
  return (
    <div class="secret">
      {isShown ? (
        <textarea
          {...control}
          rows={Math.min(16, text.split('\n').length)}
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      ) : (
        <input
          {...control}
          type="password"
          autocomplete="new-password"
          value={text}
          onPaste={paste}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      )}
      <button type="button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        show
      </button>
    </div>
  );
}
