/** The events that the state machines send to the steps function. */
import * as z from 'zod';
import type { Observed } from '../../domain/operation/operation-record';

const visit = {
  // Where in its state machine the execution is. One that began before an upgrade does not say it.
  stateName: z.string().optional(),
  enteredAt: z.string().optional(),
};

const instanceState = z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']);

/** A wait, with what has ended it. A function of an earlier version says only of which instance. */
const wait = z.object({
  stateName: z.string(),
  enteredAt: z.string(),
  result: z.object({
    instanceId: z.string().nullish(),
    state: instanceState.optional(),
    at: z.string().optional(),
  }),
});

/** Where the definitions keep what their waits have come to: `$.observed`. */
const kept = z.object({
  old: wait.optional(),
  replacement: wait.optional(),
  attached: z.object({ result: z.object({ attachedAt: z.string().optional() }) }).optional(),
});

// Nothing is decided from it, so it must not stop an operation.
const observed = kept.transform(observedIn).optional().catch(undefined);

const operation = {
  ...visit,
  observed,
  nodeId: z.string(),
  generation: z.int(),
  // For the log. An execution that began before an upgrade sends neither.
  operation: z.string().optional(),
  executionId: z.string().optional(),
};

/** The step's name and its input. */
export const stepEvent = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('take-node'),
    operation: z.enum(['launch', 'replace', 'pause', 'adjust', 'delete']),
    trigger: z.unknown(),
    executionId: z.string(),
    ...visit,
  }),
  z.object({ step: z.literal('adopt-instance'), ...operation }),
  z.object({ step: z.literal('ensure-eni'), ...operation }),
  z.object({ step: z.literal('detach-eni'), ...operation }),
  z.object({ step: z.literal('attach-eni'), ...operation, retries: z.int().optional() }),
  z.object({ step: z.literal('associate-eip'), ...operation }),
  z.object({ step: z.literal('launch-instance'), ...operation }),
  z.object({
    step: z.literal('drain-instance'),
    ...operation,
    seconds: z.number(),
    taskToken: z.string(),
  }),
  z.object({ step: z.literal('terminate-instance'), ...operation }),
  z.object({
    step: z.literal('await-termination'),
    ...operation,
    retries: z.int(),
    taskToken: z.string(),
  }),
  z.object({
    step: z.literal('await-instance'),
    ...operation,
    which: z.enum(['old', 'replacement']),
    // An execution that began before an upgrade waits for the old instance, too, and does not count its tries.
    awaited: z.enum(['running', 'terminated']),
    retries: z.int().optional(),
    taskToken: z.string(),
  }),
  z.object({ step: z.literal('confirm-node'), ...operation }),
  z.object({ step: z.literal('settle-pause'), ...operation }),
  z.object({ step: z.literal('apply-settings'), ...operation }),
  z.object({ step: z.literal('release-identity'), ...operation }),
  z.object({ step: z.literal('wind-up'), ...operation }),
  z.object({
    step: z.literal('fail-operation'),
    ...operation,
    error: z.object({ Error: z.string(), Cause: z.string().optional() }),
  }),
]);

export type StepEvent = z.infer<typeof stepEvent>;

function observedIn({ old, replacement, attached }: z.infer<typeof kept>): Observed {
  return {
    old: old && sightingIn(old, 'old'),
    replacement: replacement && sightingIn(replacement, 'replacement'),
    attachedAt: attached?.result.attachedAt,
    waits: [
      ...(old === undefined ? [] : [{ step: 'await-termination', stateName: old.stateName, enteredAt: old.enteredAt }]),
      ...(replacement === undefined
        ? []
        : [{ step: 'await-instance', stateName: replacement.stateName, enteredAt: replacement.enteredAt }]),
    ],
  };
}

function sightingIn({ result }: z.infer<typeof wait>, role: 'old' | 'replacement'): Observed['old'] {
  const { instanceId, state, at } = result;
  if (typeof instanceId !== 'string' || state === undefined || at === undefined) return undefined;
  return { instanceId, role, state, at };
}
