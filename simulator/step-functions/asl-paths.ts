/**
 * The paths and intrinsic functions that the engine evaluates as Step Functions does. Its JSONPath library supports
 * more, but with other rules: it wraps the results of wildcards and filters differently. Only paths to one value are
 * therefore accepted.
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

/** The intrinsic functions whose results match those of Step Functions. */
const INTRINSICS = ['Format', 'Array', 'ArrayLength', 'ArrayContains', 'MathAdd', 'UUID', 'Hash'];
const INTRINSIC_CALL = /States\.(\w+)/g;

/** Returns why the engine would evaluate this path wrongly, or undefined if it would not. */
export function refusePath(path: unknown, mayReadToken: boolean): string | undefined {
  if (typeof path !== 'string') return 'is not a path';
  if (path === TASK_TOKEN_PATH) {
    return mayReadToken
      ? undefined
      : `reads ${TASK_TOKEN_PATH}, which exists only in the Parameters of a .waitForTaskToken task`;
  }
  if (path.startsWith('$$')) {
    return CONTEXT_PATH.test(path) ? undefined : `${path} is not in the simulated context object`;
  }
  return INPUT_PATH.test(path) ? undefined : `${path} is not a plain path to one value`;
}

/** A result path is `$` or a path of plain names. For any other path the engine writes to the wrong place. */
export function refuseResultPath(path: unknown): string | undefined {
  if (path === null || (typeof path === 'string' && RESULT_PATH.test(path))) return undefined;
  return `${JSON.stringify(path)} must be null, "$" or "$.name.name"`;
}

/** Checks a field of a payload template whose name ends in `.$`: a path or a call of an intrinsic function. */
export function refuseDynamicValue(value: unknown, mayReadToken: boolean): string | undefined {
  if (typeof value !== 'string') return 'must be a string, because its name ends in ".$"';
  if (value.startsWith('$')) return refusePath(value, mayReadToken);
  return refuseIntrinsic(value, mayReadToken);
}

function refuseIntrinsic(call: string, mayReadToken: boolean): string | undefined {
  if (!/^States\.\w+\(.*\)$/s.test(call)) return `${call} is neither a path nor an intrinsic function`;
  // The engine drops every backslash of a result and counts the parentheses in literals.
  if (call.includes('\\')) return `${call} has a backslash, which the engine drops`;
  const literals = call.match(/'[^']*'/g) ?? [];
  if (literals.some((literal) => /[()]|States\./.test(literal))) {
    return `${call} has a parenthesis in a literal, which makes the engine split the arguments wrongly`;
  }
  const bare = call.replaceAll(/'[^']*'/g, "''");
  const unknown = [...bare.matchAll(INTRINSIC_CALL)]
    .map((match) => match[1]!)
    .find((name) => !INTRINSICS.includes(name));
  if (unknown !== undefined)
    return `States.${unknown} is not one of the functions that work as on AWS: ${INTRINSICS.join(', ')}`;
  const paths = bare.match(/\$[^,()\s]*/g) ?? [];
  return paths.map((path) => refusePath(path, mayReadToken)).find((reason) => reason !== undefined);
}
