import Ajv, { _, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { RE2JS } from 're2js';
import type { Json, JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { addExactKeywords, addUniqueItems, withDoubles } from './exact-keywords';

/** Characters of a schema: compiling takes longer than linear time. */
const MAX_SCHEMA_LENGTH = 65_536;

/** Of one validation: characters of texts, each times the steps of a pattern. About a second. */
const MAX_PATTERN_WORK = 10_000_000;

/** Of one validation: references that are followed. About a second. */
const MAX_REFERENCES = 1_000_000;

/** The schema of an author cannot be compiled. */
export class UnusableSchemaError extends Error {
  constructor(readonly reason: string) {
    super(`the schema cannot be used: ${reason}`);
    this.name = 'UnusableSchemaError';
  }
}

/**
 * The errors in a value, whose paths start with `root`; empty for a valid one. A value that the
 * schema cannot check has one error.
 */
type Validator = (value: Json, root: string) => ValidationError[];

type ValidatorOptions = Pick<Options, 'formats' | 'validateFormats'> & {
  /** Whether what is wrong with a value in the document is an error; by default it is. */
  readonly counts?: (value: unknown) => boolean;
};

/**
 * Compiles a JSON Schema. Each has an Ajv instance of its own: a `$id` in one must not be visible
 * to another. Integers beyond 2^53 are compared exactly. Throws UnusableSchemaError.
 */
export function compileValidator(
  schema: JsonObject,
  { counts = () => true, ...options }: ValidatorOptions = {},
): Validator {
  const { length } = writeJson(schema);
  if (length > MAX_SCHEMA_LENGTH) {
    throw new UnusableSchemaError(`it has ${length} characters, at most ${MAX_SCHEMA_LENGTH} are allowed`);
  }
  try {
    const view = withDoubles(schema) as JsonObject;
    checkedSchema = schema;
    void schemaChecker.validateSchema(view, true); // throws for what is no schema
    const check = view === schema ? compileDoubles(schema, options) : compileExact(schema, options);
    return (value, root) => {
      try {
        const errors = check(value).filter(({ data }) => counts(data));
        return errors.map((error) => toValidationError(error, root));
      } catch (error) {
        return [uncheckedError(error, root)];
      }
    };
  } catch (error) {
    throw new UnusableSchemaError(error instanceof Error ? error.message : String(error));
  }
}

function createAjv(options: Options, work: Work): Ajv {
  const ajv = new Ajv({ ...SETTINGS, code: { regExp: linearRegExp(work) }, validateSchema: false, ...options });
  countReferences(ajv, work);
  return ajv;
}

/** The errors of a value. Throws UnusableSchemaError where the schema cannot check it. */
type Check = (value: Json) => readonly ErrorObject[];

/** For a schema without integers beyond 2^53. */
function compileDoubles(schema: JsonObject, options: Options): Check {
  const work = fullWork();
  const ajv = createAjv(options, work);
  addUniqueItems(ajv);
  const validate = ajv.compile(schema);
  return (value) =>
    withDoubles(value) === value ? errorsOf(validate, value, work) : compileExact(schema, options)(value);
}

/** Throws UnusableSchemaError where the schema has no end for this value, or costs too much. */
function errorsOf(validate: ValidateFunction, value: Json, work: Work): readonly ErrorObject[] {
  Object.assign(work, fullWork());
  try {
    return validate(value) ? [] : (validate.errors ?? []);
  } catch (error) {
    if (error instanceof RangeError) throw new UnusableSchemaError('its references have no end');
    throw error;
  }
}

/** For a schema or a value with integers beyond 2^53. */
function compileExact(schema: JsonObject, options: Options): Check {
  const work = fullWork();
  const ajv = createAjv(options, work);
  let document: Json = null;
  addExactKeywords(ajv, () => document);
  const validate = ajv.compile(schema);
  return (value) => {
    document = value;
    return errorsOf(validate, withDoubles(value), work);
  };
}

/** What is left for one validation. */
interface Work {
  /** Steps of its patterns. */
  patterns: number;
  references: number;
}

const fullWork = (): Work => ({ patterns: MAX_PATTERN_WORK, references: MAX_REFERENCES });

/**
 * A value is checked as often as references lead to it: where a schema is a part of itself twice,
 * twice as often with each level of the value.
 */
function countReferences(ajv: Ajv, work: Work): void {
  const reference = ajv.getKeyword('$ref');
  if (typeof reference === 'boolean' || !('code' in reference))
    throw new Error('the validator generates no references');
  const count = () => {
    if (--work.references < 0) throw new UnusableSchemaError('its references take too long for this value');
  };
  ajv.removeKeyword('$ref');
  ajv.addKeyword({
    keyword: '$ref',
    schemaType: 'string',
    code: (context) => {
      context.gen.code(_`${context.gen.scopeValue('func', { ref: count })}()`);
      reference.code(context);
    },
  });
}

/**
 * RE2 takes linear time: an author's pattern cannot block the process, and many of them together
 * end with the work that is left. The validator keeps a pattern by its `toString()`.
 */
const linearRegExp = (work: Work) =>
  Object.assign(
    (pattern: string) => {
      const expression = RE2JS.compile(pattern);
      const test = (text: string): boolean => {
        work.patterns -= text.length * expression.programSize();
        if (work.patterns < 0) throw new UnusableSchemaError('its patterns take too long for this value');
        return expression.matcher(text).find();
      };
      return { test, toString: () => pattern };
    },
    { code: 'linear' },
  );

const SETTINGS = { allErrors: true, strict: false, logger: false, verbose: true } as const;

/** Compiles the schema of schemas once: that takes ten times as long as a schema of an author. */
const schemaChecker = new Ajv({
  ...SETTINGS,
  code: { regExp: linearRegExp({ patterns: Infinity, references: Infinity }) },
});
let checkedSchema: JsonObject = {};
addUniqueItems(schemaChecker, () => checkedSchema);

/** One mistake in a validated value: where it is, and what would be right. */
export type ValidationError = { readonly path: string; readonly message: string };

/** The error of a value that its schema cannot check. Throws what is another error. */
export function uncheckedError(error: unknown, path: string): ValidationError {
  if (error instanceof UnusableSchemaError) return { path, message: `cannot be checked: ${error.message}` };
  throw error;
}

export const describeErrors = (errors: readonly ValidationError[]): string =>
  errors.map(({ path, message }) => `${path} ${message}`).join('; ');

/** `root` is what the paths of the value start with. */
export function toValidationError(error: ErrorObject, root: string): ValidationError {
  const { instancePath, keyword, params, message = 'is not valid' } = error;
  if (keyword === 'required') {
    return { path: `${root}${instancePath}/${String(params.missingProperty)}`, message: 'is required' };
  }
  const isEnum = keyword === 'enum';
  return {
    path: `${root}${instancePath}`,
    message: isEnum ? `must be one of ${writeJson(params.allowedValues)}` : message,
  };
}
