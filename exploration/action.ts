/** Something that may happen next. */
import type { State } from './state';

export interface Action {
  /** For the story. */
  readonly text: string;
  readonly kind: ActionKind;
  /** Changes the state, at once or in a promise. A text that it returns is for the story. */
  readonly apply: (state: State) => unknown;
}

/**
 * - `step`: Holdfast, Step Functions, EventBridge or EC2 makes its next move.
 * - `retry`: something that has waited tries again. `time`: a minute passes, or longer.
 * - `world`: a user wants something, or something goes wrong. The bounds of the world limit these.
 * - `relief`: the world ends something that was wrong.
 */
export type ActionKind = 'step' | 'retry' | 'time' | 'world' | 'relief';
