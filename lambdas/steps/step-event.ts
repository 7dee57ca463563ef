/** The events that the state machines send to the steps function. */
import * as z from 'zod';

const operation = {
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
  }),
  z.object({ step: z.literal('adopt-instance'), ...operation }),
  z.object({ step: z.literal('ensure-eni'), ...operation }),
  z.object({ step: z.literal('detach-eni'), ...operation }),
  z.object({ step: z.literal('attach-eni'), ...operation }),
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
