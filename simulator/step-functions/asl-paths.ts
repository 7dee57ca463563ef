/**
 * The paths and intrinsic functions that the engine evaluates as Step Functions does. Its JSONPath library
 * knows more, and differently: wildcards and filters would come back unwrapped or wrapped by another rule, so
 * only paths to one value are let through.
 */

const STEP = String.raw`(?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\]|\['[^'\\\]]+'\])`;
const INPUT_PATH = new RegExp(String.raw`^\$${STEP}*$`);
const CONTEXT_PATH = new RegExp(
  String.raw`^\$\$(?:${[
    String.raw`\.Execution\.(?:Id|Name|StartTime)`,
    String.raw`\.Execution\.Input${STEP}*`,
    String.raw`\.State\.(?:Name|EnteredTime|RetryCount)`,
    String.raw`\.StateMachine\.(?:Id|Name)`,
  ].join('|')})$`,
);
const RESULT_PATH = /^\$(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

export const TASK_TOKEN_PATH = '$$.Task.Token';

/** Intrinsic functions whose results were found to be those of Step Functions. */
const INTRINSICS = ['Format', 'Array', 'ArrayLength', 'ArrayContains', 'MathAdd', 'UUID', 'Hash'];
const INTRINSIC_CALL = /States\.(\w+)/g;

/** Why the engine cannot be trusted with this path; undefined where it can. */
export function refusePath(path: unknown, mayReadToken: boolean): string | undefined {
  if (typeof path !== 'string') return 'is not a path';
  if (path === TASK_TOKEN_PATH) {
    return mayReadToken
      ? undefined
      : `reads ${TASK_TOKEN_PATH}, which only the Parameters of a .waitForTaskToken task have`;
  }
  if (path.startsWith('$$')) {
    return CONTEXT_PATH.test(path) ? undefined : `${path} is not in the context object that is supplied here`;
  }
  return INPUT_PATH.test(path) ? undefined : `${path} is not a plain path to one value`;
}

/** A result is put at `$`, or at a field reached by plain names: the engine writes elsewhere for anything else. */
export function refuseResultPath(path: unknown): string | undefined {
  if (path === null || (typeof path === 'string' && RESULT_PATH.test(path))) return undefined;
  return `${JSON.stringify(path)} must be null, "$" or "$.name.name"`;
}

/** For a field of a payload template whose name ends in `.$`: a path or a call of an intrinsic function. */
export function refuseDynamicValue(value: unknown, mayReadToken: boolean): string | undefined {
  if (typeof value !== 'string') return 'must be a string, because its name ends in ".$"';
  if (value.startsWith('$')) return refusePath(value, mayReadToken);
  return refuseIntrinsic(value, mayReadToken);
}

function refuseIntrinsic(call: string, mayReadToken: boolean): string | undefined {
  if (!/^States\.\w+\(.*\)$/s.test(call)) return `${call} is neither a path nor an intrinsic function`;
  // The engine drops every backslash of a result and counts the parentheses inside of literals.
  if (call.includes('\\')) return `${call} has a backslash, which the engine drops`;
  const literals = call.match(/'[^']*'/g) ?? [];
  if (literals.some((literal) => /[()]|States\./.test(literal))) {
    return `${call} has a parenthesis in a literal, where the engine splits arguments wrongly`;
  }
  const bare = call.replaceAll(/'[^']*'/g, "''");
  const unknown = [...bare.matchAll(INTRINSIC_CALL)]
    .map((match) => match[1]!)
    .find((name) => !INTRINSICS.includes(name));
  if (unknown !== undefined)
    return `States.${unknown} is not among the functions that work as on AWS: ${INTRINSICS.join(', ')}`;
  const paths = bare.match(/\$[^,()\s]*/g) ?? [];
  return paths.map((path) => refusePath(path, mayReadToken)).find((reason) => reason !== undefined);
}
