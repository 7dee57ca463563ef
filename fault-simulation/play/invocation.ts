/** Which invocation of which function is under way, for whoever is called by it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { FUNCTIONS_BESIDE, Phase } from '../scenario/scenario';

export type Actor = Phase | (typeof FUNCTIONS_BESIDE)[number];

export interface Invocation {
  /** Counts the invocations of a run, from 1. */
  readonly number: number;
  readonly actor: Actor;
  /** Of a step: the operation that it works for. Its first step learns the node only by its answer. */
  readonly nodeId?: string;
  readonly generation?: number;
  /** What the invocation's clock shows too much, in milliseconds. */
  readonly clockErrorMs: number;
  /** The generation of the operation that owns the node, as this invocation last read or wrote it. */
  ownerSeen: number | undefined;
  /** Whether a fault has struck it. */
  isStruck: boolean;
}

const underWay = new AsyncLocalStorage<Invocation>();

export function duringInvocation<T>(invocation: Invocation, work: () => Promise<T>): Promise<T> {
  return underWay.run(invocation, work);
}

/** Undefined where a person calls. */
export function currentInvocation(): Invocation | undefined {
  return underWay.getStore();
}
