/**
 * Remembers what dynalite's parser makes of a condition. The functions send the same few conditions again and again: the
 * reconciler reads the partitions of its index every minute, and parsing took longer than reading.
 */

/** The part of dynalite's parser of conditions that is used here. Its types are our own: it has none. */
export interface ConditionParser {
  parse: (text: string, options: { readonly context: Context }) => unknown;
}

type Names = Readonly<Record<string, unknown>> | null | undefined;

interface Context {
  readonly attrNames?: Names;
  readonly attrVals?: Names;
  /** The parser removes what the condition uses. */
  readonly unusedAttrNames: Record<string, unknown>;
  readonly unusedAttrVals: Record<string, unknown>;
  readonly isKeyCondition?: boolean;
}

interface Parsed {
  /** JSON, because dynalite changes what it gets. */
  readonly result: string;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

/** Some conditions contain a time, so each of them is seen once. */
const MOST_REMEMBERED = 2_000;

const remembering = new WeakSet<ConditionParser>();

/** Makes the parser remember every condition that it accepts. */
export function rememberConditions(parser: ConditionParser): void {
  if (remembering.has(parser)) return;
  remembering.add(parser);
  const remembered = new Map<string, Parsed>();
  const parse = parser.parse.bind(parser);
  parser.parse = (text, { context }) => {
    const { attrNames, attrVals, isKeyCondition = false } = context;
    const key = JSON.stringify([text, attrNames, attrVals, isKeyCondition]);
    const known = remembered.get(key);
    if (known !== undefined) {
      use(known, context);
      return JSON.parse(known.result) as unknown;
    }
    // Another expression of the request may have used some of them already.
    const [unusedAttrNames, unusedAttrVals] = [{ ...attrNames }, { ...attrVals }];
    const result = parse(text, { context: { ...context, unusedAttrNames, unusedAttrVals } });
    // A text says why the condition is wrong.
    if (typeof result !== 'object') return result;
    const isUsed = (unused: object) => (name: string) => !(name in unused);
    const parsed = {
      result: JSON.stringify(result),
      usedNames: Object.keys(attrNames ?? {}).filter(isUsed(unusedAttrNames)),
      usedValues: Object.keys(attrVals ?? {}).filter(isUsed(unusedAttrVals)),
    };
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, parsed);
    use(parsed, context);
    return result;
  };
}

function use({ usedNames, usedValues }: Parsed, { unusedAttrNames, unusedAttrVals }: Context): void {
  for (const name of usedNames) Reflect.deleteProperty(unusedAttrNames, name);
  for (const name of usedValues) Reflect.deleteProperty(unusedAttrVals, name);
}
