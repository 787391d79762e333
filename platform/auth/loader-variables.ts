import { DomainError } from '../domain-error';

/**
 * Variables from which a shell, an interpreter, the dynamic loader or a tool takes code, options
 * or the place of both: who sets one decides what runs in the name of the action. HOME and XDG_*
 * name the start files; NODE_ENV is a value of programs.
 */
const LOADER_VARIABLE = new RegExp(
  `^(?:${[
    'LD_.*|DYLD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|OPENSSL_.*',
    'PATH|HOME|XDG_.*|IFS|ENV|PS4|CDPATH|GLOBIGNORE|SHELLOPTS|BASHOPTS|BASH_.*|ZDOTDIR',
    'NODE_(?!ENV$).*|(?:npm|NPM)_.*|PYTHON.*|PIP_.*|UV_.*|VIRTUAL_ENV|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*',
    'CLASSPATH|_?JAVA_.*|JDK_.*|GO(?:FLAGS|ROOT|PATH|ENV)|LUA_.*|PHPRC|PHP_INI_.*|R_.*|TCLLIBPATH',
    'GIT_.*|SSH_ASKPASS|LESSOPEN|LESSCLOSE|PAGER|EDITOR|VISUAL',
  ].join('|')})$`,
);

/** The first variable that decides what code runs; null: none. */
export const findLoaderVariable = (variables: Readonly<Record<string, string>> | null | undefined): string | null =>
  Object.keys(variables ?? {}).find((name) => LOADER_VARIABLE.test(name)) ?? null;

/** FORBIDDEN, for a caller who may execute the action and not change it. */
export const loaderVariableError = (name: string, actionRef: string): DomainError =>
  new DomainError(
    'FORBIDDEN',
    `the variable ${name} decides what ${actionRef} runs: only who may change the action may set it`,
    {
      reason: 'LOADER_VARIABLE',
      path: `env_vars/${name}`,
    },
  );
