/**
 * What a state decides about what it meets. A mutant that decides everything that a world meets like the original cannot
 * be noticed by that world, because nothing else of a definition has an effect.
 */
import {
  afterError,
  chosen,
  minutesOfWait,
  valueAt,
  type DefinitionState,
  type Scope,
  type TaskState,
} from '../../exploration/definition';
import type { Met } from '../../exploration/machine';

/** The decision in a form that can be compared. */
export function decide(state: DefinitionState, met: Met): string {
  switch (met.kind) {
    case 'entered':
      return enter(state, { data: met.data, context: null });
    case 'succeeded':
      return state.Type === 'Task' ? JSON.stringify([state.ResultSelector, pathOf(state), state.Next]) : '';
    case 'failed':
      return state.Type === 'Task' ? fail(state, met) : '';
  }
}

function enter(state: DefinitionState, scope: Scope): string {
  switch (state.Type) {
    case 'Choice':
      return attempt(() => chosen(state, scope));
    case 'Wait':
      return attempt(() => `${minutesOfWait(valueAt(state.SecondsPath, scope))} ${state.Next}`);
    case 'Task': {
      const { Resource, Parameters, TimeoutSeconds = 0, TimeoutSecondsPath } = state;
      const isWait = Resource.endsWith('.waitForTaskToken');
      const minutes = isWait ? minutesOfWait(TimeoutSeconds) : undefined;
      return JSON.stringify([Resource, Parameters, minutes, TimeoutSecondsPath]);
    }
    default:
      return '';
  }
}

function fail(state: TaskState, { error, minutes, isExhausted }: Extract<Met, { kind: 'failed' }>): string {
  const next = afterError(state, error, minutes, isExhausted);
  return typeof next === 'string' ? next : JSON.stringify([pathOf(next), next.Next]);
}

/** A path that is absent is `$`. */
function pathOf({ ResultPath }: { readonly ResultPath?: string | null }): string | null {
  return ResultPath === undefined ? '$' : ResultPath;
}

function attempt(decision: () => string): string {
  try {
    return decision();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}
