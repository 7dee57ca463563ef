/** Tells a called service which invocation of which function makes the call. */
import { currentInvocationKey } from '../../local/lambda';
import type { OTHER_FUNCTIONS, Phase } from '../scenario/scenario';

export type Actor = Phase | (typeof OTHER_FUNCTIONS)[number];

export interface Invocation {
  /** Counts the invocations of a run, from 1. */
  readonly number: number;
  readonly actor: Actor;
  /** For a step: the node of its operation. The first step of an operation does not know it yet. */
  readonly nodeId?: string;
  readonly generation?: number;
  /** How far the invocation's clock is ahead, in milliseconds; negative if it is behind. */
  readonly clockErrorMs: number;
  /** The generation of the operation that owns the node, as this invocation last read or wrote it. */
  ownerSeen: number | undefined;
  /** Whether a fault has hit one of its calls. */
  isFaulted: boolean;
}

/** By what stands for it in the local Lambda. A second asynchronous context would slow down every promise. */
const underWay = new WeakMap<object, Invocation>();

/** The invocation that has just begun, and in which the caller runs. @throws Error outside of functions */
export function beginInvocation(invocation: Invocation): void {
  const key = currentInvocationKey();
  if (key === undefined) throw new Error('An invocation begins outside of any function');
  underWay.set(key, invocation);
}

/** The invocation that makes the present call of a function. @throws Error outside of functions */
export function callingInvocation(): Invocation {
  const invocation = currentInvocation();
  if (invocation === undefined) throw new Error('A function made a call outside of any invocation');
  return invocation;
}

/** The invocation that makes the present call; undefined if a user makes it. */
export function currentInvocation(): Invocation | undefined {
  const key = currentInvocationKey();
  return key && underWay.get(key);
}
