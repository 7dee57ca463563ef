/**
 * The part of the Amazon States Language that may run here. The engine skips fields that it does not know, and
 * implements some others wrongly. A workflow that passes here for such a reason would fail on AWS. Everything that is
 * not known to work as on Step Functions is therefore refused when the definition is loaded, with the reason.
 *
 * The engine's limits, which explain the refusals: it has no heartbeats, no JSONata and no variables. A task without
 * `TimeoutSeconds` gets 60 s. A Pass result that is 0, false, null or "" is replaced by the input. A Fail state without
 * an error or a cause gets the engine's own.
 */
import { refuseChoiceRule } from './asl-choice';
import { refuseDynamicValue, refusePath, refuseResultPath } from './asl-paths';
import { refuseTask, type KnownResources } from './asl-tasks';
import { refuseByValidator } from './asl-validation';
import { isObject } from '../json';

export class UnsupportedDefinition extends Error {
  override readonly name = 'UnsupportedDefinition';

  constructor(
    stateMachine: string,
    /** One sentence for each refused part. */
    readonly reasons: readonly string[],
  ) {
    super(`State machine ${stateMachine} cannot run here:\n${reasons.map((reason) => `- ${reason}`).join('\n')}`);
  }
}

export type StateDefinition = Readonly<Record<string, unknown>>;

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
  readonly TimeoutSeconds?: number;
}

/** A Node timer holds 31 bits of milliseconds. It fires at once if the delay is longer. */
export const LONGEST_WAIT_SECONDS = 2_147_483;

const DEFINITION_FIELDS = ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage'];
const STATE_FIELDS = ['Type', 'Comment', 'QueryLanguage', 'InputPath', 'OutputPath'];
const TRANSITION_FIELDS = ['Next', 'End'];
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: [
    ...STATE_FIELDS,
    ...TRANSITION_FIELDS,
    'Resource',
    'TimeoutSeconds',
    'TimeoutSecondsPath',
    'Parameters',
    'ResultSelector',
    'ResultPath',
    'Retry',
    'Catch',
  ],
  Pass: [...STATE_FIELDS, ...TRANSITION_FIELDS, 'Parameters', 'Result', 'ResultPath'],
  Wait: [...STATE_FIELDS, ...TRANSITION_FIELDS, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: [...STATE_FIELDS, 'Choices', 'Default'],
  Succeed: STATE_FIELDS,
  Fail: ['Type', 'Comment', 'QueryLanguage', 'Error', 'ErrorPath', 'Cause', 'CausePath'],
};

const PATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'SecondsPath',
  'TimeoutSecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
];
const RETRY_FIELDS = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
const CATCH_FIELDS = ['ErrorEquals', 'ResultPath', 'Next', 'Comment'];

/** The `States.` errors that the engine raises or matches. A retrier or catcher for another would never run. */
const RAISED_STATES_ERRORS = ['States.ALL', 'States.TaskFailed', 'States.Timeout', 'States.ResultPathMatchFailure'];

/**
 * Returns the parsed definition.
 * @throws UnsupportedDefinition with every reason found here, or, if there is none, with the validator's
 */
export function checkDefinition(stateMachine: string, text: string, known: KnownResources): Definition {
  const definition = JSON.parse(text) as Definition & Readonly<Record<string, unknown>>;
  const reasons = [
    ...unknownFields(definition, DEFINITION_FIELDS, 'definition'),
    ...refuseQueryLanguage(definition, 'definition'),
    ...refuseSeconds(definition.TimeoutSeconds, 'definition.TimeoutSeconds', 1),
    ...Object.entries(definition.States).flatMap(([name, state]) => refuseState(name, state, known)),
  ];
  if (reasons.length === 0) reasons.push(...refuseByValidator(text));
  if (reasons.length > 0) throw new UnsupportedDefinition(stateMachine, reasons);
  return definition;
}

function refuseState(name: string, state: StateDefinition, known: KnownResources): readonly string[] {
  const type = String(state['Type']);
  const fields = FIELDS[type];
  if (fields === undefined) return [`${name}: states of type ${type} are not supported`];
  return [
    ...unknownFields(state, fields, name),
    ...refuseQueryLanguage(state, name),
    ...refusePaths(state, name),
    ...refuseTemplate(state['ResultSelector'], `${name}.ResultSelector`, false),
    ...refuseRetries(state['Retry'], name),
    ...refuseCatches(state['Catch'], name),
    ...refuseByType(name, type, state, known),
  ];
}

function refuseByType(name: string, type: string, state: StateDefinition, known: KnownResources): readonly string[] {
  switch (type) {
    case 'Task': {
      const mayReadToken = String(state['Resource']).endsWith('.waitForTaskToken');
      return [
        ...refuseTask(name, state, known),
        ...((state['TimeoutSeconds'] ?? state['TimeoutSecondsPath']) === undefined
          ? [`${name}: needs TimeoutSeconds; the default is 60 s in the engine and one year on Step Functions`]
          : refuseSeconds(state['TimeoutSeconds'], `${name}.TimeoutSeconds`, 1)),
        ...refuseTemplate(state['Parameters'], `${name}.Parameters`, mayReadToken),
      ];
    }
    case 'Pass':
      return [
        ...refuseTemplate(state['Parameters'], `${name}.Parameters`, false),
        ...('Result' in state && !state['Result']
          ? [`${name}.Result: the engine treats ${JSON.stringify(state['Result'])} as no result`]
          : []),
      ];
    case 'Wait':
      return refuseSeconds(state['Seconds'], `${name}.Seconds`, 0);
    case 'Choice':
      return refuseChoices(name, state);
    case 'Fail':
      return (['Error', 'Cause'] as const)
        .filter((word) => state[word] === undefined && state[`${word}Path`] === undefined)
        .map((word) => `${name}: needs ${word} or ${word}Path; the engine would use its own`);
    default:
      return [];
  }
}

function refuseChoices(name: string, state: StateDefinition): readonly string[] {
  const choices = Array.isArray(state['Choices']) ? state['Choices'] : [];
  return [
    ...choices.flatMap((rule: unknown, index) => refuseChoiceRule(rule, `${name}.Choices[${index}]`)),
    ...(state['Default'] === undefined
      ? [`${name}: needs Default; without it, unexpected input fails the execution`]
      : []),
  ];
}

function refusePaths(state: StateDefinition, name: string): readonly string[] {
  const paths = PATH_FIELDS.filter((field) => field in state && !(state[field] === null && field.endsWith('putPath')));
  const reasons = paths.map((field) => ({ field, reason: refusePath(state[field], false) }));
  if ('ResultPath' in state) reasons.push({ field: 'ResultPath', reason: refuseResultPath(state['ResultPath']) });
  return [
    ...reasons.flatMap(({ field, reason }) => (reason === undefined ? [] : [`${name}.${field}: ${reason}`])),
    ...('End' in state && state['End'] !== true ? [`${name}.End: can only be true`] : []),
  ];
}

function refuseTemplate(template: unknown, place: string, mayReadToken: boolean): readonly string[] {
  if (template === undefined) return [];
  return isObject(template) ? refuseFields(template, place, mayReadToken) : [`${place}: is not an object`];
}

function refuseFields(value: unknown, place: string, mayReadToken: boolean): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => refuseFields(item, `${place}[${index}]`, mayReadToken));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const at = `${place}.${key}`;
    if (key.slice(0, -2).includes('.$'))
      return [`${at}: the engine drops the first ".$" of a name instead of the last`];
    if (!key.endsWith('.$')) return refuseFields(field, at, mayReadToken);
    const reason = refuseDynamicValue(field, mayReadToken);
    return reason === undefined ? [] : [`${at}: ${reason}`];
  });
}

function refuseRetries(retries: unknown, name: string): readonly string[] {
  if (!Array.isArray(retries)) return [];
  return retries.flatMap((retry: StateDefinition, index) => {
    const place = `${name}.Retry[${index}]`;
    const most = retry['MaxDelaySeconds'];
    const first = retry['IntervalSeconds'] ?? 1;
    return [
      ...unknownFields(retry, RETRY_FIELDS, place),
      ...refuseErrorEquals(retry['ErrorEquals'], place, index === retries.length - 1),
      ...refuseSeconds(retry['IntervalSeconds'], `${place}.IntervalSeconds`, 1),
      ...refuseSeconds(most, `${place}.MaxDelaySeconds`, 1),
      ...(typeof most === 'number' && most <= Number(first)
        ? [`${place}: MaxDelaySeconds must be above IntervalSeconds`]
        : []),
      ...(['FULL', 'NONE', undefined].includes(retry['JitterStrategy'] as string)
        ? []
        : [`${place}: JitterStrategy is FULL or NONE`]),
    ];
  });
}

function refuseCatches(catches: unknown, name: string): readonly string[] {
  if (!Array.isArray(catches)) return [];
  return catches.flatMap((catcher: StateDefinition, index) => {
    const place = `${name}.Catch[${index}]`;
    const resultPath = 'ResultPath' in catcher ? refuseResultPath(catcher['ResultPath']) : undefined;
    return [
      ...unknownFields(catcher, CATCH_FIELDS, place),
      ...refuseErrorEquals(catcher['ErrorEquals'], place, index === catches.length - 1),
      ...(resultPath === undefined ? [] : [`${place}.ResultPath: ${resultPath}`]),
    ];
  });
}

function refuseErrorEquals(names: unknown, place: string, isLast: boolean): readonly string[] {
  if (!Array.isArray(names)) return [`${place}: needs ErrorEquals`];
  return names.flatMap((name: string) => {
    if (name === 'States.ALL' && (names.length > 1 || !isLast))
      return [`${place}: States.ALL must be the only name, in the last entry`];
    if (name.startsWith('States.') && !RAISED_STATES_ERRORS.includes(name)) {
      return [`${place}: ${name} is never raised here, so nothing would ever match it`];
    }
    return [];
  });
}

function refuseSeconds(seconds: unknown, place: string, least: number): readonly string[] {
  if (seconds === undefined) return [];
  const isFine = Number.isInteger(seconds) && Number(seconds) >= least && Number(seconds) <= LONGEST_WAIT_SECONDS;
  return isFine ? [] : [`${place}: must be whole seconds from ${least} to ${LONGEST_WAIT_SECONDS} (24 days)`];
}

function refuseQueryLanguage(holder: StateDefinition, place: string): readonly string[] {
  const language = holder['QueryLanguage'] ?? 'JSONPath';
  return language === 'JSONPath'
    ? []
    : [`${place}.QueryLanguage: ${JSON.stringify(language)} is not supported, only JSONPath`];
}

function unknownFields(holder: StateDefinition, fields: readonly string[], place: string): readonly string[] {
  return Object.keys(holder)
    .filter((field) => !fields.includes(field))
    .map((field) => `${place}.${field}: the engine would skip it`);
}
